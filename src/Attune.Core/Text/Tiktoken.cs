using System.Buffers.Text;
using Attune.Text.Models;
using Attune.Text.Patterns;
using Attune.Text.PreTokenizers;
using FormatException = Attune.Formats.FormatException;

namespace Attune.Text;

/// <summary>
/// tiktoken's files: a line a token, its bytes in base64 and its rank, which is its id too. Neighbours whose bytes together are a token
/// merge, the lowest rank first. Pattern and special tokens are not in the file.
/// </summary>
internal static class Tiktoken
{
    /// <summary>The pattern of the files that come without one: GPT-4's and Llama 3's.</summary>
    public static string DefaultPattern { get; } = Gpt4Pattern.Text(@"\p{N}{1,3}");

    /// <summary>Whether bytes begin like such a file: base64, a space, and a rank that begins with a digit.</summary>
    public static bool Looks(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)' ');
        return end > 0 && end + 1 < bytes.Length && Base64.IsValid(bytes[..end]) && char.IsAsciiDigit((char)bytes[end + 1]);
    }

    /// <summary>Makes the tokenizer.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="pattern">How text is cut into words.</param>
    /// <param name="added">Special tokens, with their ids.</param>
    /// <param name="special">Which of them stand for what.</param>
    public static Tokenizer Make(ReadOnlySpan<byte> bytes, string file, string pattern, IReadOnlyList<AddedToken> added, SpecialTokens special)
    {
        Vocabulary vocabulary = Read(bytes, file, out List<string> tokens);
        return new Tokenizer(
            new TokenizerParts
            {
                PreTokenizer = new Sequence(
                [
                    new Split(PatternText.OfRegex(pattern), SplitBehavior.Isolated, invert: false),
                    new ByteLevel(addPrefixSpace: false, trimOffsets: true, useRegex: false),
                ]),
                Model = new Bpe(vocabulary, MergesOfVocabulary.ById(tokens, vocabulary), new BpeSettings { IgnoreMerges = true }, file),
                PostProcessor = new PostProcessors.ByteLevel(addPrefixSpace: true, trimOffsets: false, useRegex: true),
                Decoder = new Decoders.ByteLevel(addPrefixSpace: true, trimOffsets: true, useRegex: true),
                AddedTokens = added,
            },
            special,
            file);
    }

    // The tokens are spelled in the byte alphabet: many are no UTF-8.
    private static Vocabulary Read(ReadOnlySpan<byte> bytes, string file, out List<string> tokens)
    {
        var vocabulary = new Vocabulary();
        tokens = [];
        for (int line = 1; bytes.Length > 0; line++)
        {
            int length = bytes.IndexOf((byte)'\n');
            ReadOnlySpan<byte> text = (length < 0 ? bytes : bytes[..length]).TrimEnd((byte)'\r');
            bytes = length < 0 ? [] : bytes[(length + 1)..];
            if (text.Length == 0)
            {
                continue;
            }

            int space = text.IndexOf((byte)' ');
            byte[] token = new byte[text.Length];
            if (space <= 0 || Base64.DecodeFromUtf8(text[..space], token, out _, out int count) != System.Buffers.OperationStatus.Done
                || !Utf8Parser.TryParse(text[(space + 1)..], out int rank, out int read) || read != text.Length - space - 1
                || rank is < 0 or >= Vocabulary.IdLimit)
            {
                throw new FormatException(file, -1, $"line {line} is not a token in base64 and its rank");
            }

            string spelled = string.Concat(token.Take(count).Select(ByteAlphabet.Character));
            if (count == 0 || vocabulary.Has(rank) || !vocabulary.TryAdd(spelled, rank))
            {
                throw new FormatException(file, -1, $"line {line}: the token or its rank comes twice, or the token is empty");
            }

            while (tokens.Count <= rank)
            {
                tokens.Add("");
            }

            tokens[rank] = spelled;
        }

        return vocabulary.Count > 0 ? vocabulary : throw new FormatException(file, -1, "there is no token");
    }
}
