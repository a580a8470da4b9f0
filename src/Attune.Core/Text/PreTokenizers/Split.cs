using System.Text.Json;
using Attune.Text.Patterns;

namespace Attune.Text.PreTokenizers;

/// <summary>Cuts a text where a string or a regular expression matches.</summary>
internal sealed class Split(PatternText pattern, SplitBehavior behavior, bool invert) : IPreTokenizer
{
    public static Split Read(Part part)
    {
        string name = part.String("behavior");
        return new Split(
            PatternText.Read(part),
            Enum.TryParse(name, out SplitBehavior behavior) && name == behavior.ToString()
                ? behavior : throw part.Error($"unknown behavior \"{name}\"", "it is one of Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous"),
            part.Bool("invert"));
    }

    public void PreTokenize(PreTokenizedText text) => text.Split(pattern.Pattern, behavior, invert);

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("type", "Split");
        pattern.Write(json);
        json.WriteString("behavior", behavior.ToString());
        json.WriteBoolean("invert", invert);
    }
}
