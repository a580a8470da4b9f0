using System.Text.Json;
using Attune.Text.Patterns;

namespace Attune.Text.PreTokenizers;

/// <summary>What stands between white space.</summary>
internal sealed class WhitespaceSplit : IPreTokenizer
{
    /// <summary>White space, one character at a time.</summary>
    public static readonly CodePointPattern Space = new(CodePoints.IsWhiteSpace);

    public void PreTokenize(PreTokenizedText text) => text.Split(Space, SplitBehavior.Removed);

    public void Write(Utf8JsonWriter json) => json.WriteString("type", "WhitespaceSplit");
}
