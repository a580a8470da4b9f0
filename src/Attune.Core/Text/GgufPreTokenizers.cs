using Attune.Text.Patterns;
using Attune.Text.PreTokenizers;

namespace Attune.Text;

/// <summary>What the names in a GGUF file's <c>tokenizer.ggml.pre</c> stand for. The names are llama.cpp's.</summary>
internal static class GgufPreTokenizers
{
    private const string Cased = @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+";
    private const string UpperCased = @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*";
    private const string Contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)?";
    private const string SignsAndSpaces = @"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>The pre-tokenizer of a name, or null where it is not known.</summary>
    /// <param name="name">The name.</param>
    /// <param name="ignoreDigits">Leaves the digits of <c>smollm</c> together.</param>
    public static IPreTokenizer? Find(string name, bool ignoreDigits)
    {
        switch (name)
        {
            case "llama3" or "llama-v3" or "llama-bpe" or "falcon3" or "falcon-h1" or "pixtral" or "midm-2.0" or "lfm2" or "jina-v5-nano" or "dbrx" or "smaug-bpe":
                return Words(Gpt4Pattern.Text(@"\p{N}{1,3}"));
            case "qwen2" or "stablelm2" or "deepseek-r1-qwen" or "kormo" or "f2llmv2" or "megrez" or "hunyuan":
                return Words(Gpt4Pattern.Text(@"\p{N}"));
            case "gpt-4o" or "llama4" or "kanana2" or "talkie" or "minimax-m2":
                return Words($@"{Cased}{Contractions}|{UpperCased}{Contractions}|\p{{N}}{{1,3}}{SignsAndSpaces}");
            case "tekken":
                return Words($@"{Cased}|{UpperCased}|\p{{N}}{SignsAndSpaces}");
            case "deepseek-v3":
                return Words(
                    @"\p{N}{1,3}",
                    "[一-龥\u3040-ゟ゠-ヿ]+",
                    @"[!""#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+");
            case "falcon":
                return new Sequence(
                [
                    new Punctuation(SplitBehavior.Contiguous),
                    Bytes(useRegex: true),
                    new Digits(individualDigits: false),
                    new Split(PatternText.OfRegex("[0-9][0-9][0-9]"), SplitBehavior.Isolated, invert: false),
                ]);
            case "smollm" when ignoreDigits:
                return Bytes(useRegex: true);
            case "smollm" or "starcoder" or "refact" or "command-r" or "codeshell" or "exaone" or "minerva-7b":
                return new Sequence([new Digits(individualDigits: true), Bytes(useRegex: true)]);
            case "default" or "gpt-2" or "gpt2" or "phi-2" or "mpt" or "olmo" or "jais" or "roberta-bpe" or "jina-es" or "jina-de" or "jina-v2-code":
                return Bytes(useRegex: true);
            default:
                return null;
        }
    }

    private static Sequence Words(params string[] patterns) => new(
        [.. patterns.Select(pattern => new Split(PatternText.OfRegex(pattern), SplitBehavior.Isolated, invert: false)), Bytes(useRegex: false)]);

    private static ByteLevel Bytes(bool useRegex) => new(addPrefixSpace: false, trimOffsets: true, useRegex);
}
