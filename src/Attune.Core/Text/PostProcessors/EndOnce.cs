using System.Text.Json;

namespace Attune.Text.PostProcessors;

/// <summary>
/// Ends every text with a token, unless it ends with it already. tokenizer.json has no name for that, and gets the template that always adds it.
/// </summary>
internal sealed class EndOnce(string token, int id) : IPostProcessor
{
    public int AddedCount(bool isPair) => isPair ? 2 : 1;

    public IReadOnlyList<EncodingBuilder> Process(IReadOnlyList<EncodingBuilder> texts, bool addSpecialTokens)
    {
        var processed = new List<EncodingBuilder>();
        foreach (EncodingBuilder text in texts)
        {
            text.SetTypeIds(0);
            processed.Add(text);
            if (addSpecialTokens && (text.Count == 0 || text[text.Count - 1].Id != id))
            {
                processed.Add(EncodingBuilder.OfSpecial([id], [token], 0));
            }
        }

        return processed;
    }

    public void Write(Utf8JsonWriter json)
    {
        TemplatePiece end = new(false, token, 0);
        TemplatePiece[] single = [new(true, "A", 0), end];
        var tokens = new Dictionary<string, TemplateToken> { [token] = new(token, [id], [token]) };
        new TemplateProcessing(single, [.. single, new(true, "B", 0), end], tokens).Write(json);
    }
}
