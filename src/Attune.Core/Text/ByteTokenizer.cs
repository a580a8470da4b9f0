using Attune.Text.Models;
using Attune.Text.PostProcessors;

namespace Attune.Text;

/// <summary>
/// ByT5's tokenizer, which has no file: after three special tokens a token for every byte, and then sentinels. As parts that tokenizer.json
/// can name, it is a byte-level BPE without merges.
/// </summary>
internal static class ByteTokenizer
{
    /// <summary>Makes the tokenizer.</summary>
    /// <param name="config">What tokenizer_config.json says; <c>extra_ids</c> is 125 where it does not.</param>
    /// <param name="file">The file, for messages.</param>
    public static Tokenizer Make(TokenizerConfig config, string file)
    {
        SpecialTokens special = LegacyTokenizer.Default(config.Special, bos: null, eos: "</s>", pad: "<pad>", unknown: "<unk>");
        string[] named = [special.Pad!, special.Eos!, special.Unknown!];
        var vocabulary = new Vocabulary(512);
        for (int value = 0; value < 256; value++)
        {
            vocabulary.TryAdd(ByteAlphabet.Character((byte)value).ToString(), named.Length + value);
        }

        int first = named.Length + 256;
        int count = config.ExtraIds ?? 125;
        if (count > Vocabulary.IdLimit - first)
        {
            throw new AttuneException(ExitCode.BadData, file, $"extra_ids is {count}: there would be too many tokens");
        }

        List<AddedToken> added = [.. named.Select((token, id) => new AddedToken(id, token) { Special = true, LStrip = true, RStrip = true })];
        added.AddRange(Enumerable.Range(0, count).Select(i => new AddedToken(first + i, $"<extra_id_{i}>") { Special = true }));
        return new Tokenizer(
            new TokenizerParts
            {
                PreTokenizer = new PreTokenizers.ByteLevel(addPrefixSpace: false, trimOffsets: true, useRegex: false),
                Model = new Bpe(vocabulary, [], new BpeSettings(), file),
                PostProcessor = new EndOnce(special.Eos!, id: 1),
                Decoder = new Decoders.ValidBytes(),
                AddedTokens = added,
            },
            special,
            file);
    }
}
