using System.Text.Json;
using Attune.Text.Patterns;

namespace Attune.Text.PreTokenizers;

/// <summary>What stands between a delimiter.</summary>
internal sealed class CharDelimiterSplit(string delimiter) : IPreTokenizer
{
    private readonly LiteralPattern pattern = new(delimiter);

    public void PreTokenize(PreTokenizedText text) => text.Split(pattern, SplitBehavior.Removed);

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("type", "CharDelimiterSplit");
        json.WriteString("delimiter", delimiter);
    }
}
