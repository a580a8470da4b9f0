using System.Text.Json;
using Attune.Text.Patterns;
using Attune.Text.Unicode;

namespace Attune.Text.PreTokenizers;

/// <summary>Cuts at punctuation: Unicode's, and ASCII's other signs.</summary>
internal sealed class Punctuation(SplitBehavior behavior) : IPreTokenizer
{
    /// <summary>Punctuation, one character at a time.</summary>
    public static readonly CodePointPattern Signs = new(static codePoint => codePoint < 128 ? CodePoints.IsPunctuation(codePoint) : CodePointClass.Punctuation.Contains(codePoint));

    public void PreTokenize(PreTokenizedText text) => text.Split(Signs, behavior);

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("type", "Punctuation");
        json.WriteString("behavior", behavior.ToString());
    }
}
