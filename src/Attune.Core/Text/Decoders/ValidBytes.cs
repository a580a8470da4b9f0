using System.Text.Json;

namespace Attune.Text.Decoders;

/// <summary>As <see cref="ByteLevel"/>, but what is not UTF-8 is left out. tokenizer.json has no name for that, and gets the other's.</summary>
internal sealed class ValidBytes : IDecoder
{
    private static readonly System.Text.Encoding Lenient = System.Text.Encoding.GetEncoding(
        "utf-8", System.Text.EncoderFallback.ReplacementFallback, new System.Text.DecoderReplacementFallback(""));

    public List<string> Decode(List<string> tokens) => [Lenient.GetString(ByteLevel.Bytes(tokens))];

    public void Write(Utf8JsonWriter json) => PreTokenizers.ByteLevel.Write(json, addPrefixSpace: false, trimOffsets: true, useRegex: false);
}
