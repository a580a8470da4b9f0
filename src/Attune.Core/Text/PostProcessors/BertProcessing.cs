using System.Text.Json;

namespace Attune.Text.PostProcessors;

/// <summary><c>[CLS] A [SEP]</c>, or <c>[CLS] A [SEP] B [SEP]</c>, B in segment 1.</summary>
internal sealed class BertProcessing((string Token, int Id) cls, (string Token, int Id) sep) : IPostProcessor
{
    public static BertProcessing Read(Part part) => new(part.TokenAndId("cls"), part.TokenAndId("sep"));

    public int AddedCount(bool isPair) => isPair ? 3 : 2;

    public IReadOnlyList<EncodingBuilder> Process(IReadOnlyList<EncodingBuilder> texts, bool addSpecialTokens)
    {
        if (!addSpecialTokens)
        {
            return texts;
        }

        var processed = new List<EncodingBuilder> { EncodingBuilder.OfSpecial([cls.Id], [cls.Token], 0) };
        for (int i = 0; i < texts.Count; i++)
        {
            processed.Add(texts[i]);
            processed.Add(EncodingBuilder.OfSpecial([sep.Id], [sep.Token], i));
        }

        return processed;
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("type", "BertProcessing");
        RobertaProcessing.Write(json, "sep", sep);
        RobertaProcessing.Write(json, "cls", cls);
    }
}
