using Attune.Text.Decoders;
using Attune.Text.Models;
using Attune.Text.Normalizers;
using Attune.Text.Patterns;
using Attune.Text.PostProcessors;
using Attune.Text.PreTokenizers;
using Attune.Text.SentencePieces;
using FormatException = Attune.Formats.FormatException;

namespace Attune.Text;

/// <summary>
/// The pipelines that transformers makes of a SentencePiece file: which parts go with its pieces follows from the class that the
/// configuration names. Without a class the sentencepiece library's own way is taken.
/// </summary>
internal static class LegacySentencePiece
{
    private const string Sign = "▁";

    /// <summary>Makes the tokenizer.</summary>
    public static Tokenizer Make(byte[] bytes, TokenizerConfig config, string file)
    {
        if (config.Class is null)
        {
            return SentencePieceTokenizer.Make(bytes, file);
        }

        SentencePieceModel model = SentencePieceReader.Read(bytes, file);
        return config.Class switch
        {
            "LlamaTokenizer" => MergedCharacters(model, config),
            "T5Tokenizer" => Sentinels(model, config),
            "XLMRobertaTokenizer" => Shifted(model, config),
            { } name when SentencePieceClasses.Known.TryGetValue(name, out var make) => make(model, config),
            _ => throw new FormatException(
                file, -1, $"Attune does not know how a {config.Class} uses its SentencePiece file",
                "save its tokenizer.json with transformers' save_pretrained, which says it"),
        };
    }

    // BPE with byte fallback; the sign for a space goes before the text, or in the legacy way before every stretch between special tokens.
    private static Tokenizer MergedCharacters(SentencePieceModel model, TokenizerConfig config)
    {
        SpecialTokens special = LegacyTokenizer.Default(config.Special, bos: "<s>", eos: "</s>", pad: null, unknown: "<unk>");
        Vocabulary vocabulary = Vocabulary(model, model.Pieces.Select(piece => piece.Text));
        List<Merge> merges = MergesOfVocabulary.ById(model.Pieces.Select(piece => piece.Text).ToList(), vocabulary);
        bool space = config.AddPrefixSpace ?? true;
        PrependScheme scheme = !space ? PrependScheme.Never : config.Legacy == true ? PrependScheme.Always : PrependScheme.First;
        var decoders = new List<IDecoder> { new Decoders.Replace(PatternText.OfString(Sign), " "), new ByteFallback(), new Fuse() };
        if (space)
        {
            decoders.Add(new Decoders.Strip(" ", 1, 0));
        }

        var parts = new TokenizerParts
        {
            PreTokenizer = new PreTokenizers.Metaspace(Sign, scheme, split: false),
            Model = new Bpe(vocabulary, merges, new BpeSettings { FuseUnknown = true, ByteFallback = true }, model.File),
            PostProcessor = LegacyTokenizer.Around(special, config with { AddBosToken = config.AddBosToken ?? true }, vocabulary, model.File),
            Decoder = new Decoders.Sequence(decoders),
        };
        return Finish(parts, special, model, config, []);
    }

    // Unigram, with sentinel tokens after the file's pieces, the first of them last.
    private static Tokenizer Sentinels(SentencePieceModel model, TokenizerConfig config)
    {
        SpecialTokens special = LegacyTokenizer.Default(config.Special, bos: null, eos: "</s>", pad: "<pad>", unknown: "<unk>");
        int count = config.ExtraIds ?? 100;
        if (count > Text.Vocabulary.IdLimit - model.Pieces.Count)
        {
            throw new FormatException(model.File, -1, $"extra_ids is {count}: there would be too many tokens");
        }

        List<string> sentinels = Enumerable.Range(0, count).Select(i => $"<extra_id_{count - 1 - i}>").ToList();
        var pieces = model.Pieces.Select(piece => (piece.Text, (double)piece.Score)).Concat(sentinels.Select(token => (token, 0.0))).ToList();
        return Words(model, config, special, pieces, model.UnknownId, TemplateOf(["$A", special.Eos!], ["$A", special.Eos!, "$B", special.Eos!]), sentinels);
    }

    // Unigram, with four tokens of its own before the file's pieces from the fourth on, and the mask after them.
    private static Tokenizer Shifted(SentencePieceModel model, TokenizerConfig config)
    {
        SpecialTokens special = LegacyTokenizer.Default(config.Special, bos: "<s>", eos: "</s>", pad: "<pad>", unknown: "<unk>");
        string mask = config.Named.FirstOrDefault(token => token.Content.Contains("mask", StringComparison.Ordinal))?.Content ?? "<mask>";
        List<(string, double)> pieces = [(special.Bos!, 0), (special.Pad!, 0), (special.Eos!, 0), (special.Unknown!, 0)];
        pieces.AddRange(model.Pieces.Skip(3).Select(piece => (piece.Text, (double)piece.Score)));
        pieces.Add((mask, 0));
        (string bos, string eos) = (special.Bos!, special.Eos!);
        return Words(model, config, special, pieces, 3, TemplateOf([bos, "$A", eos], [bos, "$A", eos, eos, "$B", eos]), [mask]);
    }

    private static Tokenizer Words(
        SentencePieceModel model, TokenizerConfig config, SpecialTokens special, List<(string Text, double Score)> pieces, int unknown,
        Func<Vocabulary, TemplateProcessing> template, IReadOnlyList<string> more)
    {
        CheckUnigram(model, config);
        Vocabulary vocabulary = Vocabulary(model, pieces.Select(piece => piece.Text));
        PrependScheme scheme = config.AddPrefixSpace == false ? PrependScheme.Never : PrependScheme.Always;
        var parts = new TokenizerParts
        {
            Normalizer = Map(model),
            PreTokenizer = new PreTokenizers.Sequence([new WhitespaceSplit(), new PreTokenizers.Metaspace(Sign, scheme, split: true)]),
            Model = new Unigram(vocabulary, pieces.Select(piece => piece.Score).ToArray(), unknown, byteFallback: false),
            PostProcessor = template(vocabulary),
            Decoder = new Decoders.Metaspace(Sign, scheme, split: true),
        };
        return Finish(parts, special, model, config, more.Select(token => new AddedToken(0, token) { Special = true }));
    }

    /// <summary>Refuses a file whose pieces are not those of a unigram model: their scores would mean nothing.</summary>
    public static void CheckUnigram(SentencePieceModel model, TokenizerConfig config)
    {
        if (model.Kind != SegmentationKind.Unigram)
        {
            throw new FormatException(
                model.File, -1, $"a {config.Class} has a unigram model, and this file holds one of kind {model.Kind}",
                "name the class that it was made for in tokenizer_config.json, or save its tokenizer.json with transformers' save_pretrained");
        }
    }

    /// <summary>The file's own map of characters; null where it has none.</summary>
    public static Precompiled? Map(SentencePieceModel model)
    {
        byte[] map = model.Normalizer.CharacterMap;
        return map.Length == 0 ? null : new Precompiled(CharacterMap.Read(map, model.File)
            ?? throw new FormatException(model.File, -1, "precompiled_charsmap is cut off or broken"));
    }

    /// <summary>The tokenizer of its parts. Control pieces are special tokens, user-defined ones are found in the text too.</summary>
    public static Tokenizer Finish(
        TokenizerParts parts, SpecialTokens special, SentencePieceModel model, TokenizerConfig config, IEnumerable<AddedToken> more)
    {
        HashSet<string> named = [.. more.Where(token => token.Special).Select(token => token.Content)];
        IEnumerable<AddedToken> ofFiles = config.Named.Where(token => !config.MaskIsPlain || token.Content != config.Mask!.Content);
        IEnumerable<AddedToken> own = model.Pieces.Where(piece => piece.Type is PieceType.Control or PieceType.UserDefined)
            .Select(piece => new AddedToken(0, piece.Text) { Special = piece.Type == PieceType.Control || named.Contains(piece.Text) });
        TokenizerConfig all = config with { Named = [.. ofFiles, .. own, .. more] };
        return new Tokenizer(parts with { AddedTokens = LegacyTokenizer.Added(all, special, parts.Model.Vocabulary) }, special, model.File);
    }

    /// <summary>Tokens whose ids count from 0.</summary>
    public static Vocabulary Vocabulary(SentencePieceModel model, IEnumerable<string> pieces)
    {
        var vocabulary = new Vocabulary(model.Pieces.Count + 128);
        int id = 0;
        foreach (string piece in pieces)
        {
            if (!vocabulary.TryAdd(piece, id++))
            {
                throw new FormatException(model.File, -1, $"the piece \"{piece}\" comes twice");
            }
        }

        return vocabulary;
    }

    private static Func<Vocabulary, TemplateProcessing> TemplateOf(string[] single, string[] pair) => vocabulary =>
    {
        var tokens = new Dictionary<string, TemplateToken>(StringComparer.Ordinal);
        foreach (string token in pair.Where(token => token[0] != '$'))
        {
            tokens[token] = new TemplateToken(token, [vocabulary.IdOf(token)], [token]);
        }

        List<TemplatePiece> Template(string[] pieces) =>
            pieces.Select(piece => piece[0] == '$' ? new TemplatePiece(true, piece[1..], 0) : new TemplatePiece(false, piece, 0)).ToList();
        return new TemplateProcessing(Template(single), Template(pair), tokens);
    };
}
