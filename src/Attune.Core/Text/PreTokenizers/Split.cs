using System.Text.Json;
using Attune.Text.Patterns;

namespace Attune.Text.PreTokenizers;

/// <summary>Cuts a text where a string or a regular expression matches.</summary>
internal sealed class Split(PatternText pattern, SplitBehavior behavior, bool invert) : IPreTokenizer
{
    public static Split Read(Part part) => new(PatternText.Read(part), SplitBehaviors.Read(part), part.Bool("invert"));

    public void PreTokenize(PreTokenizedText text) => text.Split(pattern.Pattern, behavior, invert);

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("type", "Split");
        pattern.Write(json);
        json.WriteString("behavior", behavior.ToString());
        json.WriteBoolean("invert", invert);
    }
}
