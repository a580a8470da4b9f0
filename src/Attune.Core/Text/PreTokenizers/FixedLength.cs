using System.Text.Json;
using Attune.Text.Patterns;

namespace Attune.Text.PreTokenizers;

/// <summary>Pieces of so many characters.</summary>
internal sealed class FixedLength(int length) : IPreTokenizer, IPattern
{
    public static FixedLength Read(Part part)
    {
        int length = part.IntOrNull("length") ?? 5;
        return length > 0 ? new FixedLength(length) : throw part.Error("\"length\" must be greater than 0");
    }

    public void PreTokenize(PreTokenizedText text) => text.Split(this, SplitBehavior.Isolated);

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("type", "FixedLength");
        json.WriteNumber("length", length);
    }

    public void Find(ReadOnlySpan<char> text, MatchList found)
    {
        for (int i = 0; i < text.Length;)
        {
            int start = i;
            for (int count = 0; count < length && i < text.Length; count++)
            {
                i += CodePoints.LengthAt(text, i);
            }

            found.Add(start, i);
        }
    }
}
