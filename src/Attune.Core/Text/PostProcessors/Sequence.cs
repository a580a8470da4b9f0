using System.Text.Json;

namespace Attune.Text.PostProcessors;

/// <summary>Post-processors one after the other.</summary>
internal sealed class Sequence(IReadOnlyList<IPostProcessor> processors) : IPostProcessor
{
    public int AddedCount(bool isPair) => processors.Sum(processor => processor.AddedCount(isPair));

    public IReadOnlyList<EncodingBuilder> Process(IReadOnlyList<EncodingBuilder> texts, bool addSpecialTokens)
    {
        foreach (IPostProcessor processor in processors)
        {
            texts = processor.Process(texts, addSpecialTokens);
        }

        return texts;
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("type", "Sequence");
        json.WriteStartArray("processors");
        foreach (IPostProcessor processor in processors)
        {
            json.WriteStartObject();
            processor.Write(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
