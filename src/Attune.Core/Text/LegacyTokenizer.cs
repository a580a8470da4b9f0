using Attune.Text.Models;
using Attune.Text.Normalizers;
using Attune.Text.Patterns;
using Attune.Text.PostProcessors;
using Attune.Text.PreTokenizers;

namespace Attune.Text;

/// <summary>
/// The pipelines that files without a tokenizer.json leave unsaid: which parts go with a vocabulary follows from the class that wrote it.
/// </summary>
internal static class LegacyTokenizer
{
    /// <summary>A byte-level BPE tokenizer from its vocabulary and merges.</summary>
    public static Tokenizer Make(Vocabulary vocabulary, IReadOnlyList<Merge> merges, TokenizerConfig config, string file)
    {
        bool space = config.AddPrefixSpace ?? false;
        SpecialTokens special = config.Special;
        INormalizer? normalizer = null;
        IPreTokenizer pre;
        IPostProcessor? post;
        switch (config.Class)
        {
            case "Qwen2Tokenizer":
                special = Default(special, bos: null, eos: "<|endoftext|>", pad: "<|endoftext|>", unknown: "<|endoftext|>");
                normalizer = new Nfc();
                pre = new PreTokenizers.Sequence(
                [
                    new Split(PatternText.OfRegex(Gpt4Pattern.Text(@"\p{N}")), SplitBehavior.Isolated, invert: false),
                    new PreTokenizers.ByteLevel(space, trimOffsets: true, useRegex: false),
                ]);
                post = Around(special, config, vocabulary, file);
                break;
            case "RobertaTokenizer":
                special = Default(special, bos: "<s>", eos: "</s>", pad: "<pad>", unknown: "<unk>");
                pre = new PreTokenizers.ByteLevel(space, trimOffsets: true, useRegex: true);
                post = new RobertaProcessing(Known(special.Bos!), Known(special.Eos!), trimOffsets: true, addPrefixSpace: space);
                break;
            default:
                special = Default(special, bos: "<|endoftext|>", eos: "<|endoftext|>", pad: null, unknown: "<|endoftext|>");
                pre = new PreTokenizers.ByteLevel(space, trimOffsets: true, useRegex: true);
                post = Around(special, config, vocabulary, file);
                break;
        }

        return new Tokenizer(
            new TokenizerParts
            {
                Normalizer = normalizer,
                PreTokenizer = pre,
                Model = new Bpe(vocabulary, merges, new BpeSettings(), file),
                PostProcessor = post,
                Decoder = new Decoders.ByteLevel(addPrefixSpace: true, trimOffsets: true, useRegex: true),
                AddedTokens = Added(config, special, vocabulary),
            },
            special,
            file);

        (string, int) Known(string token) => (token, Id(token, config, vocabulary)
            ?? throw new AttuneException(ExitCode.BadData, file, $"\"{token}\" is not in the vocabulary"));
    }

    /// <summary>BERT's tokenizer from its vocabulary.</summary>
    public static Tokenizer MakeWordPiece(Vocabulary vocabulary, TokenizerConfig config, string file)
    {
        SpecialTokens special = config.Special with
        {
            Unknown = config.Special.Unknown ?? "[UNK]",
            Pad = config.Special.Pad ?? "[PAD]",
            Cls = config.Special.Cls ?? "[CLS]",
            Sep = config.Special.Sep ?? "[SEP]",
        };
        TokenizerParts parts = WordPieceParts(vocabulary, special, config, file);
        return new Tokenizer(parts with { AddedTokens = Added(config, special, vocabulary) }, special, file);
    }

    /// <summary>The parts of BERT's tokenizer.</summary>
    public static TokenizerParts WordPieceParts(Vocabulary vocabulary, SpecialTokens special, TokenizerConfig config, string file)
    {
        int unknown = Known(special.Unknown!);
        return new TokenizerParts
        {
            Normalizer = new BertNormalizer(
                cleanText: true, config.TokenizeChineseChars ?? true, config.StripAccents, lowercase: config.DoLowerCase ?? true),
            PreTokenizer = new BertPreTokenizer(),
            Model = new WordPiece(vocabulary, unknown, special.Unknown!, "##", longestWord: 100),
            PostProcessor = special.Cls is null || special.Sep is null ? null
                : new BertProcessing((special.Cls, Known(special.Cls)), (special.Sep, Known(special.Sep))),
            Decoder = new Decoders.WordPiece("##", cleanup: true),
        };

        int Known(string token) => Id(token, config, vocabulary)
            ?? throw new AttuneException(ExitCode.BadData, file, $"\"{token}\" is not in the vocabulary");
    }

    /// <summary>The template that puts the first and the last token of a sequence where the configuration asks for them.</summary>
    public static TemplateProcessing Around(SpecialTokens special, TokenizerConfig config, Vocabulary vocabulary, string file)
    {
        var single = new List<TemplatePiece>();
        var pair = new List<TemplatePiece>();
        var tokens = new Dictionary<string, TemplateToken>(StringComparer.Ordinal);
        string? bos = config.AddBosToken == true ? Use(special.Bos) : null;
        string? eos = config.AddEosToken == true ? Use(special.Eos) : null;
        Text(single, "A", 0);
        Text(pair, "A", 0);
        Text(pair, "B", 1);
        return new TemplateProcessing(single, pair, tokens);

        string? Use(string? token)
        {
            if (token is not null)
            {
                int id = Id(token, config, vocabulary) ?? throw new AttuneException(ExitCode.BadData, file, $"\"{token}\" is not in the vocabulary");
                tokens[token] = new TemplateToken(token, [id], [token]);
            }

            return token;
        }

        void Text(List<TemplatePiece> template, string name, int typeId)
        {
            if (bos is not null)
            {
                template.Add(new TemplatePiece(false, bos, typeId));
            }

            template.Add(new TemplatePiece(true, name, typeId));
            if (eos is not null)
            {
                template.Add(new TemplatePiece(false, eos, typeId));
            }
        }
    }

    /// <summary>What the files give, then what they name; a token that the vocabulary lacks gets the next id.</summary>
    public static List<AddedToken> Added(TokenizerConfig config, SpecialTokens special, Vocabulary vocabulary)
    {
        var added = new Dictionary<string, AddedToken>(StringComparer.Ordinal);
        foreach (AddedToken token in config.AddedTokens)
        {
            added.TryAdd(token.Content, token);
        }

        int next = added.Values.Aggregate(vocabulary.IdBound, (bound, token) => Math.Max(bound, token.Id + 1));
        IEnumerable<AddedToken> defaults = new[] { special.Bos, special.Eos, special.Unknown, special.Pad }
            .Append(special.Cls).Append(special.Sep).Where(token => token is not null).Select(token => new AddedToken(0, token!) { Special = true });
        foreach (AddedToken token in config.Named.Concat(defaults))
        {
            if (!added.ContainsKey(token.Content))
            {
                int id = vocabulary.IdOf(token.Content);
                added.Add(token.Content, token with { Id = id >= 0 ? id : next++ });
            }
        }

        return added.Values.ToList();
    }

    private static int? Id(string token, TokenizerConfig config, Vocabulary vocabulary)
    {
        int id = vocabulary.IdOf(token);
        return id >= 0 ? id : config.AddedTokens.FirstOrDefault(added => added.Content == token)?.Id;
    }

    /// <summary>The tokens that the files name, and a class's own where they name none.</summary>
    public static SpecialTokens Default(SpecialTokens special, string? bos, string? eos, string? pad, string? unknown) => special with
    {
        Bos = special.Bos ?? bos,
        Eos = special.Eos ?? eos,
        Pad = special.Pad ?? pad,
        Unknown = special.Unknown ?? unknown,
    };
}
