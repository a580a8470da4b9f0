using System.Text.Json;

namespace Attune.Text.Normalizers;

/// <summary>Puts something before a text that is not empty.</summary>
/// <param name="prepend">What.</param>
/// <param name="continues">Whether nothing is put before a text that begins where the original does: that one goes on with another.</param>
internal sealed class Prepend(string prepend, bool continues = false) : INormalizer
{
    public AlignedText Normalize(AlignedText text)
    {
        if (text.Length == 0 || (continues && text.OriginalStart(0) == 0))
        {
            return text;
        }

        var output = new AlignedText(text.Length + prepend.Length);
        Prefix(text, 0, text.Length, prepend, output);
        return output;
    }

    public INormalizer Continuing() => new Prepend(prepend, continues: true);

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("type", "Prepend");
        json.WriteString("prepend", prepend);
    }

    /// <summary>Copies a stretch with <paramref name="prefix"/> before it, which stands for what the first code point stands for.</summary>
    public static void Prefix(AlignedText text, int start, int end, string prefix, AlignedText output)
    {
        int first = CodePoints.LengthAt(text.Slice(start, end), 0);
        TextRange original = text.Original(start, start + first);
        foreach (char unit in prefix)
        {
            output.Append(unit, original.Start, original.End);
        }

        output.Append(text, start, end);
    }
}
