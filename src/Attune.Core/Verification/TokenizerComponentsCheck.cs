using System.Text.Json;
using Attune.Text;
using Attune.Text.Decoders;
using Attune.Text.Normalizers;
using Attune.Text.PreTokenizers;

namespace Attune.Verification;

/// <summary>Fixtures of kind <c>tokenizer-components</c>: one part of a tokenizer at a time.</summary>
internal sealed class TokenizerComponentsCheck : IFixtureCheck
{
    public string Kind => "tokenizer-components";

    public FixtureResult Check(Fixture fixture)
    {
        List<Part> components = fixture.Json.GetProperty("components").EnumerateArray()
            .Select((component, i) => new Part(component, Path.Combine(fixture.Folder, "fixture.json"), $"components[{i}]")).ToList();
        var problems = new List<string>();
        List<JsonElement> cases = fixture.ReadJsonFile("cases.json").EnumerateArray().ToList();
        List<Func<JsonElement, string?>> checks = components.ConvertAll(part => fixture.Text("part") switch
        {
            "normalizer" => Normalizer(NormalizerReader.Read(part)),
            "pre_tokenizer" => PreTokenizer(PreTokenizerReader.Read(part)),
            _ => Decoder(DecoderReader.Read(part)),
        });
        foreach (JsonElement item in cases)
        {
            int component = item.GetProperty("component").GetInt32();
            if (checks[component](item) is { } problem)
            {
                problems.Add($"{components[component].Type} ({components[component].Path}) of {item.EnumerateObject().Skip(1).First().Value.GetRawText()}: {problem}");
            }
        }

        if (fixture.Json.TryGetProperty("unchanged", out JsonElement unchanged))
        {
            List<string> texts = fixture.Json.GetProperty("texts").EnumerateArray().Select(text => text.GetString()!).ToList();
            for (int i = 0; i < components.Count; i++)
            {
                INormalizer normalizer = NormalizerReader.Read(components[i]);
                int same = texts.Count(text => Normalized(normalizer, text) == text);
                if (same != unchanged[i].GetInt32())
                {
                    problems.Add($"{components[i].Type} ({components[i].Path}) leaves {same} texts alone, not {unchanged[i].GetInt32()}");
                }
            }
        }

        return problems.Count == 0 ? FixtureResult.Ok : FixtureResult.Fail($"{problems.Count} of {cases.Count} differ: {string.Join("; ", problems.Take(8))}");
    }

    private static Func<JsonElement, string?> Normalizer(INormalizer normalizer) => item =>
        Same(Normalized(normalizer, item.GetProperty("text").GetString()!), item.GetProperty("normalized"));

    private static string Normalized(INormalizer normalizer, string text) => normalizer.Normalize(new AlignedText(text)).Span.ToString();

    private static Func<JsonElement, string?> PreTokenizer(IPreTokenizer preTokenizer) => item =>
    {
        string text = item.GetProperty("text").GetString()!;
        var whole = new AlignedText(text);
        var pieces = new PreTokenizedText();
        pieces.Add(new Piece(whole, 0, whole.Length, -1));
        preTokenizer.PreTokenize(pieces);
        var found = new List<string>();
        var offsets = new List<string>();
        foreach (Piece piece in pieces.Pieces)
        {
            found.Add(piece.Text.ToString());
            offsets.Add($"[{CodePoints.Count(text.AsSpan(0, piece.Original.Start))},{CodePoints.Count(text.AsSpan(0, piece.Original.End))}]");
        }

        return Same(string.Join('|', found), string.Join('|', item.GetProperty("pieces").EnumerateArray().Select(piece => piece.GetString())))
            ?? Same(string.Join(',', offsets), string.Join(',', item.GetProperty("offsets").EnumerateArray().Select(pair => $"[{pair[0].GetInt32()},{pair[1].GetInt32()}]")));
    };

    private static Func<JsonElement, string?> Decoder(IDecoder decoder) => item =>
    {
        List<string> tokens = item.GetProperty("tokens").EnumerateArray().Select(token => token.GetString()!).ToList();
        return Same(string.Concat(decoder.Decode(tokens)), item.GetProperty("decoded"));
    };

    private static string? Same(string actual, JsonElement expected) => Same(actual, expected.GetString()!);

    private static string? Same(string actual, string expected) =>
        actual == expected ? null : $"{JsonSerializer.Serialize(actual)} instead of {JsonSerializer.Serialize(expected)}";
}
