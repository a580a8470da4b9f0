using System.Text.Json;
using Attune.Formats;
using Attune.Text;

namespace Attune.Verification;

/// <summary>Fixtures of kind <c>tokenizer-gguf</c>: llama.cpp's own test strings.</summary>
internal sealed class TokenizerGgufCheck : IFixtureCheck
{
    public string Kind => "tokenizer-gguf";

    public FixtureResult Check(Fixture fixture)
    {
        using Gguf file = Gguf.Open(Path.Combine(fixture.ResolveKey("tokenizer")!, fixture.Json.GetProperty("files").GetProperty("gguf").GetString()!));
        Tokenizer tokenizer = Tokenizer.FromGguf(file.Metadata, file.Path);
        var problems = new List<string>();
        int size = fixture.Json.GetProperty("vocab_size").GetInt32();
        if (tokenizer.VocabularySize != size)
        {
            problems.Add($"the vocabulary has {tokenizer.VocabularySize} tokens, not {size}");
        }

        JsonElement settings = fixture.Json.GetProperty("settings");
        Same("bos_token_id", tokenizer.BosTokenId);
        Same("eos_token_id", tokenizer.EosTokenId);
        Same("unknown_token_id", tokenizer.UnknownTokenId);
        int count = 0;
        foreach (JsonElement item in fixture.ReadJsonFile("cases.json").EnumerateArray())
        {
            count++;
            string text = item.GetProperty("text").GetString()!;
            int[] ids = tokenizer.Encode(text, addSpecialTokens: false).Ids;
            List<int> expected = item.GetProperty("ids_plain").EnumerateArray().Select(id => id.GetInt32()).ToList();
            if (!ids.SequenceEqual(expected))
            {
                problems.Add($"{JsonSerializer.Serialize(text)}: {string.Join(',', ids)} instead of {string.Join(',', expected)}");
            }
        }

        return count == 0 ? FixtureResult.Fail("there are no cases")
            : problems.Count == 0 ? FixtureResult.Ok : FixtureResult.Fail($"{problems.Count} of {count} differ: {string.Join("; ", problems.Take(5))}");

        void Same(string key, int? actual)
        {
            if (settings.TryGetProperty(key, out JsonElement expected) && expected.GetInt32() != actual)
            {
                problems.Add($"{key} is {actual}, not {expected.GetInt32()}");
            }
        }
    }
}
