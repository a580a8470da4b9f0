using System.Text.Json;

namespace Attune.Text.Normalizers;

/// <summary>Normalizers one after the other.</summary>
internal sealed class Sequence(IReadOnlyList<INormalizer> normalizers) : INormalizer
{
    public AlignedText Normalize(AlignedText text)
    {
        foreach (INormalizer normalizer in normalizers)
        {
            text = normalizer.Normalize(text);
        }

        return text;
    }

    public INormalizer Continuing() => new Sequence([.. normalizers.Select(normalizer => normalizer.Continuing())]);

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("type", "Sequence");
        json.WriteStartArray("normalizers");
        foreach (INormalizer normalizer in normalizers)
        {
            json.WriteStartObject();
            normalizer.Write(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
