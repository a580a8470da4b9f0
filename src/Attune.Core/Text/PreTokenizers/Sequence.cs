using System.Text.Json;

namespace Attune.Text.PreTokenizers;

/// <summary>Pre-tokenizers one after the other.</summary>
internal sealed class Sequence(IReadOnlyList<IPreTokenizer> preTokenizers) : IPreTokenizer
{
    public void PreTokenize(PreTokenizedText text)
    {
        foreach (IPreTokenizer preTokenizer in preTokenizers)
        {
            preTokenizer.PreTokenize(text);
        }
    }

    public IPreTokenizer Continuing() => new Sequence([.. preTokenizers.Select(preTokenizer => preTokenizer.Continuing())]);

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("type", "Sequence");
        json.WriteStartArray("pretokenizers");
        foreach (IPreTokenizer preTokenizer in preTokenizers)
        {
            json.WriteStartObject();
            preTokenizer.Write(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
