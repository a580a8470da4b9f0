using System.Text.Json.Nodes;
using Attune.Text.Models;

namespace Attune.Text;

/// <summary>
/// A tokenizer of pieces that merge by their scores, with bytes for what the vocabulary cannot spell, as a GGUF file's <c>llama</c> has it:
/// how tokenizer.json writes one, and the scores that its list of merges comes of.
/// </summary>
internal static class GgufPieces
{
    private const string Sign = "▁";

    /// <summary>Whether a space becomes the sign for it before a text, as <c>add_space_prefix</c> has it; null: this is no such pipeline.</summary>
    public static bool? AddsSpace(JsonNode json)
    {
        var (model, normalizer, pre) = (json["model"]!, json["normalizer"], json["pre_tokenizer"]);
        if (Text(model, "type") != "BPE" || model["byte_fallback"]?.GetValue<bool>() != true || model["ignore_merges"]?.GetValue<bool>() == true)
        {
            return null;
        }

        if (pre is null)
        {
            return normalizer switch
            {
                null => null,
                _ when Replaces(normalizer) => false,
                _ when Text(normalizer, "type") == "Sequence" && normalizer["normalizers"] is JsonArray { Count: 2 } parts
                    && Text(parts[0]!, "type") == "Prepend" && Text(parts[0]!, "prepend") == Sign && Replaces(parts[1]!) => true,
                _ => null,
            };
        }

        bool isSign = normalizer is null && Text(pre, "type") == "Metaspace" && Text(pre, "replacement") == Sign && pre["split"]?.GetValue<bool>() == false;
        return isSign ? Text(pre, "prepend_scheme") != "never" : null;
    }

    /// <summary>The scores of the tokens; null where no scores make the tokenizer's merges.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="merges">The merges in their order.</param>
    /// <param name="isAdded">Whether a token is found in the text itself, so that it needs no merge.</param>
    public static float[]? Scores(string[] tokens, IReadOnlyList<(string Left, string Right)> merges, Func<int, bool> isAdded)
    {
        var vocabulary = new Vocabulary(tokens.Length + 1);
        for (int id = 0; id < tokens.Length; id++)
        {
            vocabulary.TryAdd(tokens[id], id);
        }

        // The earlier a token's merges stand, the higher is its score.
        float[] scores = new float[tokens.Length];
        var results = new HashSet<int>();
        int last = -1;
        foreach (var (left, right) in merges)
        {
            int result = vocabulary.IdOf(left + right);
            if (result < 0 || (result != last && !results.Add(result)))
            {
                return null;
            }

            (last, scores[result]) = (result, -results.Count);
        }

        for (int id = 0; id < tokens.Length; id++)
        {
            scores[id] = results.Contains(id) ? scores[id] : -(results.Count + 1);
        }

        // Reading makes merges of every two tokens that are a third together.
        var made = MergesOfVocabulary.ByScore(tokens, vocabulary, scores).Where(merge => !isAdded(merge.Result))
            .Select(merge => (tokens[merge.Left], tokens[merge.Right])).ToHashSet();
        return made.SetEquals(merges.Where(merge => !isAdded(vocabulary.IdOf(merge.Left + merge.Right)))) ? scores : null;
    }

    private static bool Replaces(JsonNode normalizer) =>
        Text(normalizer, "type") == "Replace" && normalizer["pattern"]?["String"]?.GetValue<string>() == " " && Text(normalizer, "content") == Sign;

    private static string? Text(JsonNode node, string key) => node[key] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
