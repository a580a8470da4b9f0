using System.Text.Json;

namespace Attune.Text.PostProcessors;

/// <summary><c>&lt;s&gt; A &lt;/s&gt;</c>, or <c>&lt;s&gt; A &lt;/s&gt;&lt;/s&gt; B &lt;/s&gt;</c>, all in segment 0.</summary>
internal sealed class RobertaProcessing((string Token, int Id) cls, (string Token, int Id) sep, bool trimOffsets, bool addPrefixSpace) : IPostProcessor
{
    public static RobertaProcessing Read(Part part) =>
        new(part.TokenAndId("cls"), part.TokenAndId("sep"), part.Bool("trim_offsets", true), part.Bool("add_prefix_space", true));

    public int AddedCount(bool isPair) => isPair ? 4 : 2;

    public IReadOnlyList<EncodingBuilder> Process(IReadOnlyList<EncodingBuilder> texts, bool addSpecialTokens)
    {
        if (trimOffsets)
        {
            ByteLevel.Trim(texts, addPrefixSpace);
        }

        var processed = new List<EncodingBuilder>();
        for (int i = 0; i < texts.Count; i++)
        {
            texts[i].SetTypeIds(0);
            texts[i].Overflowing.ForEach(overflow => overflow.SetTypeIds(0));
            processed.AddRange(addSpecialTokens ? [Special(i == 0 ? cls : sep), texts[i], Special(sep)] : [texts[i]]);
        }

        return processed;
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("type", "RobertaProcessing");
        Write(json, "sep", sep);
        Write(json, "cls", cls);
        json.WriteBoolean("trim_offsets", trimOffsets);
        json.WriteBoolean("add_prefix_space", addPrefixSpace);
    }

    /// <summary>Writes a token with its id.</summary>
    public static void Write(Utf8JsonWriter json, string key, (string Token, int Id) pair)
    {
        json.WriteStartArray(key);
        json.WriteStringValue(pair.Token);
        json.WriteNumberValue(pair.Id);
        json.WriteEndArray();
    }

    private static EncodingBuilder Special((string Token, int Id) token) => EncodingBuilder.OfSpecial([token.Id], [token.Token], 0);
}
