using System.Text.Json;
using Attune.Text.Patterns;

namespace Attune.Text.PreTokenizers;

/// <summary>Cuts at punctuation: Unicode's, and ASCII's other signs.</summary>
internal sealed class Punctuation(SplitBehavior behavior) : IPreTokenizer
{
    /// <summary>Punctuation, one character at a time.</summary>
    public static readonly CodePointPattern Signs = new(CodePoints.IsPunctuation);

    public void PreTokenize(PreTokenizedText text) => text.Split(Signs, behavior);

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("type", "Punctuation");
        json.WriteString("behavior", behavior.ToString());
    }
}
