using System.Text.Json;
using Attune.Text.Patterns;

namespace Attune.Text.PreTokenizers;

/// <summary>Cuts numbers off from what is around them: each digit by itself, or each run.</summary>
internal sealed class Digits(bool individualDigits) : IPreTokenizer
{
    private static readonly CodePointPattern Numbers = new(CodePoints.IsNumber);

    public void PreTokenize(PreTokenizedText text) =>
        text.Split(Numbers, individualDigits ? SplitBehavior.Isolated : SplitBehavior.Contiguous);

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("type", "Digits");
        json.WriteBoolean("individual_digits", individualDigits);
    }
}
