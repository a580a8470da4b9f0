using Attune.Text.Decoders;
using Attune.Text.Models;
using Attune.Text.Normalizers;
using Attune.Text.Patterns;
using Attune.Text.PreTokenizers;
using Attune.Text.SentencePieces;
using FormatException = Attune.Formats.FormatException;

namespace Attune.Text;

/// <summary>
/// Classes of transformers that each have a way of their own with a SentencePiece file: a normalizer, ids before and after the file's, a
/// template. All is as transformers 5.23 makes it of the file, also where it leaves the file's own map of characters aside.
/// </summary>
internal static class SentencePieceClasses
{
    private const string Sign = "▁";

    private static readonly string[] Languages =
    [
        "ar_AR", "cs_CZ", "de_DE", "en_XX", "es_XX", "et_EE", "fi_FI", "fr_XX", "gu_IN", "hi_IN", "it_IT", "ja_XX", "kk_KZ", "ko_KR", "lt_LT",
        "lv_LV", "my_MM", "ne_NP", "nl_XX", "ro_RO", "ru_RU", "si_LK", "tr_TR", "vi_VN", "zh_CN",
    ];

    private static readonly string[] MoreLanguages =
    [
        "af_ZA", "az_AZ", "bn_IN", "fa_IR", "he_IL", "hr_HR", "id_ID", "ka_GE", "km_KH", "mk_MK", "ml_IN", "mn_MN", "mr_IN", "pl_PL", "ps_AF",
        "pt_XX", "sv_SE", "sw_KE", "ta_IN", "te_IN", "th_TH", "tl_XX", "uk_UA", "ur_PK", "xh_ZA", "gl_ES", "sl_SI",
    ];

    /// <summary>The classes by name.</summary>
    public static IReadOnlyDictionary<string, Func<SentencePieceModel, TokenizerConfig, Tokenizer>> Known { get; } =
        new Dictionary<string, Func<SentencePieceModel, TokenizerConfig, Tokenizer>>
        {
            ["AlbertTokenizer"] = Albert,
            ["BigBirdTokenizer"] = BigBird,
            ["CamembertTokenizer"] = Camembert,
            ["DebertaV2Tokenizer"] = DebertaV2,
            ["GemmaTokenizer"] = Gemma,
            ["MBartTokenizer"] = MBart,
            ["MBart50Tokenizer"] = MBart50,
            ["PegasusTokenizer"] = Pegasus,
            ["XLNetTokenizer"] = XLNet,
        };

    private static Tokenizer Albert(SentencePieceModel model, TokenizerConfig config)
    {
        SpecialTokens special = Bracketed(config.Special, bos: "[CLS]", eos: "[SEP]", pad: "<pad>", unknown: "<unk>");
        List<INormalizer> normalizers = Quotes(config.KeepAccents ?? false, config.DoLowerCase ?? true);
        normalizers.AddRange(Map(model));
        return Unigram(
            model, config, special, OfFile(model), model.UnknownId, Sequence(normalizers), SplitAtSpaces(config), Enclosed(special),
            Mask(config, "[MASK]", false));
    }

    private static Tokenizer XLNet(SentencePieceModel model, TokenizerConfig config)
    {
        SpecialTokens special = LegacyTokenizer.Default(config.Special, bos: "<s>", eos: "</s>", pad: "<pad>", unknown: "<unk>");
        special = special with { Cls = special.Cls ?? "<cls>", Sep = special.Sep ?? "<sep>" };
        List<INormalizer> normalizers = Quotes(keepAccents: false, config.DoLowerCase ?? false);
        normalizers.AddRange(Map(model));
        (string cls, string sep) = (special.Cls!, special.Sep!);
        var template = new PairTemplate([("$A", 0), (sep, 0), (cls, 2)], [("$A", 0), (sep, 0), ("$B", 1), (sep, 1), (cls, 2)]);
        AddedToken[] more = [.. Mask(config, "<mask>", true), Special("<eop>"), Special("<eod>")];
        Way way = SplitAtSpaces(config with { AddPrefixSpace = true });
        return Unigram(model, config, special, OfFile(model), model.UnknownId, Sequence(normalizers), way, template, more);
    }

    private static Tokenizer BigBird(SentencePieceModel model, TokenizerConfig config)
    {
        SpecialTokens special = Bracketed(config.Special, bos: "<s>", eos: "</s>", pad: "<pad>", unknown: "<unk>");
        var spaces = new Normalizers.Replace(PatternText.OfRegex(" {2,}"), Sign);
        return Unigram(
            model, config, special, OfFile(model), model.UnknownId, spaces, Words(config), Enclosed(special), Mask(config, "[MASK]", true));
    }

    private static Tokenizer DebertaV2(SentencePieceModel model, TokenizerConfig config)
    {
        SpecialTokens special = Bracketed(config.Special, bos: "[CLS]", eos: "[SEP]", pad: "[PAD]", unknown: "[UNK]");
        List<INormalizer> normalizers = config.DoLowerCase == true ? [new Lowercase()] : [];
        normalizers.Add(new Normalizers.Replace(PatternText.OfRegex(@"\s{2,}|[\n\r\t]"), " "));
        normalizers.AddRange([new Nfc(), new Normalizers.Strip(left: false, right: true)]);
        PrependScheme scheme = config.AddPrefixSpace == false ? PrependScheme.First : PrependScheme.Always;
        List<IPreTokenizer> cuts = config.SplitByPunctuation == true ? [new Punctuation(SplitBehavior.Isolated)] : [];
        cuts.Add(new PreTokenizers.Metaspace(Sign, scheme, split: true));
        var way = new Way(new PreTokenizers.Sequence(cuts), new Decoders.Metaspace(Sign, scheme, split: true));
        return Unigram(
            model, config, special, OfFile(model), model.UnknownId, Sequence(normalizers), way, Enclosed(special), Mask(config, "[MASK]", false));
    }

    // Five tokens of its own before the file's pieces from the second on, and the mask after them.
    private static Tokenizer Camembert(SentencePieceModel model, TokenizerConfig config)
    {
        SpecialTokens special = LegacyTokenizer.Default(config.Special, bos: "<s>", eos: "</s>", pad: "<pad>", unknown: "<unk>");
        AddedToken[] mask = Mask(config, "<mask>", true);
        List<(string, double)> pieces = [("<s>NOTUSED", 0), (special.Pad!, 0), ("</s>NOTUSED", 0)];
        pieces.AddRange([(special.Unknown!, 0), ("<unk>NOTUSED", -100)]);
        pieces.AddRange(OfFile(model).Skip(1));
        pieces.Add((mask[0].Content, 0));
        (string bos, string eos) = (special.Bos!, special.Eos!);
        var template = new PairTemplate([(bos, 0), ("$A", 0), (eos, 0)], [(bos, 0), ("$A", 0), (eos, 0), (eos, 0), ("$B", 0), (eos, 0)]);
        return Unigram(model, config, special, pieces, 3, Map(model).SingleOrDefault(), SplitAtSpaces(config), template, mask);
    }

    // Four tokens before the file's pieces from the fourth on; the languages and the mask after them.
    private static Tokenizer MBart(SentencePieceModel model, TokenizerConfig config) => Translator(
        model, config, Languages, null, SplitAtSpaces(config with { AddPrefixSpace = true }),
        (language, eos) => new PairTemplate([("$A", 0), (eos, 0), (language, 0)], [("$A", 0), ("$B", 0), (eos, 0), (language, 0)]));

    private static Tokenizer MBart50(SentencePieceModel model, TokenizerConfig config) => Translator(
        model, config, [.. Languages, .. MoreLanguages], Sequence([.. Map(model), ThinSpaces()]), Words(config with { AddPrefixSpace = true }),
        (language, eos) => new PairTemplate([(language, 0), ("$A", 0), (eos, 0)], [(language, 0), ("$A", 0), ("$B", 0), (eos, 0)]));

    private static Tokenizer Translator(
        SentencePieceModel model, TokenizerConfig config, string[] languages, INormalizer? normalizer, Way way,
        Func<string, string, PairTemplate> template)
    {
        SpecialTokens special = LegacyTokenizer.Default(config.Special, bos: "<s>", eos: "</s>", pad: "<pad>", unknown: "<unk>");
        string language = config.SourceLanguage ?? "en_XX";
        if (!languages.Contains(language))
        {
            throw new FormatException(
                model.File, -1, $"src_lang is \"{language}\", which {config.Class} does not know", "known are " + string.Join(", ", languages));
        }

        AddedToken[] mask = Mask(config, "<mask>", true);
        List<(string, double)> pieces = [(special.Bos!, 0), (special.Pad!, 0), (special.Eos!, 0), (special.Unknown!, 0)];
        pieces.AddRange(OfFile(model).Skip(3));
        pieces.AddRange(languages.Select(code => (code, 0.0)));
        pieces.Add((mask[0].Content, 0));
        AddedToken[] more = [.. mask, .. languages.Select(Special)];
        return Unigram(model, config, special, pieces, 3, normalizer, way, template(language, special.Eos!), more);
    }

    // Masks and a hundred reserved tokens before the file's pieces from the third on.
    private static Tokenizer Pegasus(SentencePieceModel model, TokenizerConfig config)
    {
        SpecialTokens special = LegacyTokenizer.Default(config.Special, bos: null, eos: "</s>", pad: "<pad>", unknown: "<unk>");
        int offset = config.Offset ?? 103;
        if (offset is < 2 or > 10_000)
        {
            throw new FormatException(model.File, -1, $"offset is {offset}: from 2 to 10000 is expected");
        }

        AddedToken[] masks = [Special(config.SentenceMask ?? "<mask_1>"), .. Mask(config, "<mask_2>", false)];
        List<string> reserved = Enumerable.Range(2, offset - 2).Select(i => $"<unk_{i}>").ToList();
        List<(string, double)> pieces = [(special.Pad!, 0), (special.Eos!, 0), .. masks.Select(mask => (mask.Content, 0.0))];
        pieces.AddRange(reserved.Select(token => (token, -100.0)));
        int unknown = pieces.Count + model.UnknownId - 2;
        pieces.AddRange(OfFile(model).Skip(2));
        string eos = special.Eos!;
        var template = new PairTemplate([("$A", 0), (eos, 0)], [("$A", 0), ("$B", 0), (eos, 0)]);
        INormalizer normalizer = Sequence([.. Map(model).DefaultIfEmpty(new Normalizers.Replace(PatternText.OfRegex(@"\n"), " ")), ThinSpaces()]);
        Way way = Words(config with { AddPrefixSpace = true });
        return Unigram(model, config, special, pieces, unknown, normalizer, way, template, [.. masks, .. reserved.Select(Special)]);
    }

    // BPE with byte fallback, which cuts words only behind spaces that are made visible first: not at all.
    private static Tokenizer Gemma(SentencePieceModel model, TokenizerConfig config)
    {
        SpecialTokens special = LegacyTokenizer.Default(config.Special, bos: "<bos>", eos: "<eos>", pad: "<pad>", unknown: "<unk>");
        List<string> pieces = model.Pieces.Select(piece => piece.Text).ToList();
        Vocabulary vocabulary = LegacySentencePiece.Vocabulary(model, pieces);
        var settings = new BpeSettings { FuseUnknown = true, ByteFallback = true, UnknownToken = special.Unknown };
        var parts = new TokenizerParts
        {
            Normalizer = new Normalizers.Replace(PatternText.OfString(" "), Sign),
            PreTokenizer = new Split(PatternText.OfString(" "), SplitBehavior.MergedWithPrevious, invert: false),
            Model = new Bpe(vocabulary, MergesOfVocabulary.ById(pieces, vocabulary), settings, model.File),
            PostProcessor = LegacyTokenizer.Around(special, config, vocabulary, model.File),
            Decoder = new Decoders.Sequence([new Decoders.Replace(PatternText.OfString(Sign), " "), new ByteFallback(), new Fuse()]),
        };
        return LegacySentencePiece.Finish(parts, special, model, config, Mask(config, "<mask>", false));
    }

    private static Tokenizer Unigram(
        SentencePieceModel model, TokenizerConfig config, SpecialTokens special, IReadOnlyList<(string Text, double Score)> pieces, int unknown,
        INormalizer? normalizer, Way way, PairTemplate template, IEnumerable<AddedToken> more)
    {
        LegacySentencePiece.CheckUnigram(model, config);
        Vocabulary vocabulary = LegacySentencePiece.Vocabulary(model, pieces.Select(piece => piece.Text));
        var parts = new TokenizerParts
        {
            Normalizer = normalizer,
            PreTokenizer = way.PreTokenizer,
            Model = new Unigram(vocabulary, pieces.Select(piece => piece.Score).ToArray(), unknown, byteFallback: false),
            PostProcessor = template.Make(vocabulary, model.File),
            Decoder = way.Decoder,
        };
        return LegacySentencePiece.Finish(parts, special, model, config, more);
    }

    private static List<(string Text, double Score)> OfFile(SentencePieceModel model) =>
        model.Pieces.Select(piece => (piece.Text, (double)piece.Score)).ToList();

    private static SpecialTokens Bracketed(SpecialTokens special, string bos, string eos, string pad, string unknown)
    {
        special = LegacyTokenizer.Default(special, bos, eos, pad, unknown);
        return special with { Cls = special.Cls ?? "[CLS]", Sep = special.Sep ?? "[SEP]" };
    }

    private static PairTemplate Enclosed(SpecialTokens special)
    {
        (string cls, string sep) = (special.Cls!, special.Sep!);
        return new PairTemplate([(cls, 0), ("$A", 0), (sep, 0)], [(cls, 0), ("$A", 0), (sep, 0), ("$B", 1), (sep, 1)]);
    }

    private static AddedToken Special(string token) => new(0, token) { Special = true };

    // The mask as the files name it, or the class's own; where they only name it, its flags are the class's.
    private static AddedToken[] Mask(TokenizerConfig config, string otherwise, bool strips)
    {
        AddedToken mask = config.Mask ?? Special(otherwise);
        return [mask with { LStrip = mask.LStrip || (strips && (config.Mask is null || config.MaskIsPlain)) }];
    }

    private static List<INormalizer> Quotes(bool keepAccents, bool lowercase)
    {
        List<INormalizer> normalizers = [Quote("``"), Quote("''")];
        if (!keepAccents)
        {
            normalizers.AddRange([new Nfkd(), new StripAccents()]);
        }

        if (lowercase)
        {
            normalizers.Add(new Lowercase());
        }

        return normalizers;
    }

    private static Normalizers.Replace Quote(string spelling) => new(PatternText.OfString(spelling), "\"");

    private static Normalizers.Replace ThinSpaces() => new(PatternText.OfRegex(" {2,}"), " ");

    private static Normalizers.Sequence Sequence(IReadOnlyList<INormalizer> normalizers) => new(normalizers);

    // The file's own map of characters, where it has one.
    private static IEnumerable<INormalizer> Map(SentencePieceModel model) => LegacySentencePiece.Map(model) is { } map ? [map] : [];

    private static Way SplitAtSpaces(TokenizerConfig config)
    {
        Way words = Words(config);
        return words with { PreTokenizer = new PreTokenizers.Sequence([new WhitespaceSplit(), words.PreTokenizer]) };
    }

    private static Way Words(TokenizerConfig config)
    {
        PrependScheme scheme = config.AddPrefixSpace == false ? PrependScheme.Never : PrependScheme.Always;
        return new Way(new PreTokenizers.Metaspace(Sign, scheme, split: true), new Decoders.Metaspace(Sign, scheme, split: true));
    }

    private sealed record Way(IPreTokenizer PreTokenizer, IDecoder Decoder);
}
