using System.Text.Json;
using Attune.Text.Patterns;

namespace Attune.Text.PreTokenizers;

/// <summary>Cuts numbers off from what is around them: each digit by itself, or each run.</summary>
internal sealed class Digits(bool individualDigits) : IPreTokenizer
{
    private static readonly CodePointPattern Numbers = new(static codePoint => CodePoints.IsNumber(codePoint) || IsNewer(codePoint));

    public void PreTokenize(PreTokenizedText text) =>
        text.Split(Numbers, individualDigits ? SplitBehavior.Isolated : SplitBehavior.Contiguous);

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("type", "Digits");
        json.WriteBoolean("individual_digits", individualDigits);
    }

    // Numbers of Unicode 17, which the tokenizers library knows and the categories of .NET may not.
    private static bool IsNewer(int codePoint) => codePoint is (>= 0x11DE0 and <= 0x11DE9) or (>= 0x16FF4 and <= 0x16FF6);
}
