using System.Runtime.ExceptionServices;
using System.Text.Json;
using Attune.Text.Models;
using Attune.Text.PostProcessors;

namespace Attune.Text;

/// <summary>
/// Turns text into the tokens that a model reads, and back: a pipeline of normalizer, pre-tokenizer, model, post-processor and decoder,
/// as tokenizer.json describes it. Threads may share one.
/// </summary>
public sealed class Tokenizer
{
    internal static readonly JsonWriterOptions WriterOptions =
        new() { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Units of text that a thread encodes before it asks for more: few enough that all threads end at the same time, and so many that
    // the tokens' arrays are of the size that the collector does not move.
    private const int SmallestPortion = 1 << 13;
    private const int LargestPortion = 1 << 17;

    private readonly TokenizerParts parts;
    private readonly AddedTokens added;
    private readonly Lazy<Tokenizer> continuing;

    internal Tokenizer(TokenizerParts parts, SpecialTokens special, string file)
    {
        this.parts = parts;
        Special = special;
        added = new AddedTokens(parts.AddedTokens, parts.Model.Vocabulary, parts.Normalizer, file);
        parts.Model.Special = added.All.Where(token => token.Special && token.Id != parts.Model.UnknownId).Select(token => token.Id).ToHashSet();
        continuing = new Lazy<Tokenizer>(() => Continuing(file));
        VocabularySize = parts.Model.Vocabulary.Count + added.All.Count(token => parts.Model.Vocabulary.IdOf(token.Content) < 0);
    }

    /// <summary>How many tokens there are, added ones included.</summary>
    public int VocabularySize { get; }

    /// <summary>The token that begins a sequence, where the tokenizer's files name one.</summary>
    public int? BosTokenId => Id(Special.Bos);

    /// <summary>The token that ends a sequence or a turn, where the tokenizer's files name one.</summary>
    public int? EosTokenId => Id(Special.Eos);

    /// <summary>The token that fills rows up, where the tokenizer's files name one.</summary>
    public int? PadTokenId => Id(Special.Pad);

    /// <summary>The token that stands for what the vocabulary cannot spell, where there is one.</summary>
    public int? UnknownTokenId => Id(Special.Unknown) ?? parts.Model.UnknownId;

    /// <summary>The tokens that were added to the vocabulary, by id.</summary>
    public IReadOnlyList<AddedToken> AddedTokens => added.All.OrderBy(token => token.Id).ToList();

    /// <summary>The truncation that tokenizer.json names; it takes effect only where options ask for it.</summary>
    public Truncation? Truncation => parts.Truncation;

    /// <summary>The padding that tokenizer.json names; it takes effect only where options ask for it.</summary>
    public Padding? Padding => parts.Padding;

    internal SpecialTokens Special { get; }

    internal IPostProcessor? PostProcessor => parts.PostProcessor;

    /// <summary>What marks a token that goes on within a word; empty where the vocabulary has no such mark.</summary>
    internal string ContinuingSubwordPrefix => parts.Model.ContinuingSubwordPrefix;

    /// <summary>Reads a tokenizer.json, and tokenizer_config.json and special_tokens_map.json beside it where they are.</summary>
    /// <param name="tokenizerJson">The file.</param>
    /// <exception cref="AttuneException">The file is absent, broken, or has a part that Attune does not know.</exception>
    public static Tokenizer FromFile(string tokenizerJson) => TokenizerFiles.FromTokenizerJson(tokenizerJson);

    /// <summary>Reads the tokenizer of a model's folder: tokenizer.json, or else vocab.json with merges.txt, vocab.txt, a SentencePiece or a tiktoken file.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="AttuneException">There is none, or it is broken.</exception>
    public static Tokenizer FromFolder(string folder) => TokenizerFiles.FromFolder(folder);

    /// <summary>Reads a SentencePiece model (unigram, BPE, words or characters), to be run as the sentencepiece library runs it.</summary>
    /// <param name="file">The <c>.model</c> file.</param>
    /// <exception cref="AttuneException">The file is absent, or no such model.</exception>
    public static Tokenizer FromSentencePiece(string file) => SentencePieces.SentencePieceTokenizer.Make(TokenizerFiles.Bytes(file), file);

    /// <summary>Makes the tokenizer that a GGUF file's metadata describes.</summary>
    /// <param name="metadata">The metadata, by key: CLR values, lists as arrays.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="AttuneException">The metadata has no tokenizer, or one of a kind that Attune does not know.</exception>
    public static Tokenizer FromGguf(IReadOnlyDictionary<string, object> metadata, string path) => GgufTokenizer.Read(metadata, path);

    /// <summary>Encodes a text.</summary>
    /// <param name="text">Any text; half a surrogate pair counts as U+FFFD.</param>
    /// <param name="addSpecialTokens">Adds what the tokenizer puts around a text.</param>
    public Encoding Encode(string text, bool addSpecialTokens = true) => Encode(text, [], addSpecialTokens);

    /// <summary>Encodes a text of which parts are a user's: special tokens are not found there, what looks like one stays text.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="plain">The user's parts, in UTF-16 units.</param>
    /// <param name="addSpecialTokens">Adds what the tokenizer puts around a text.</param>
    public Encoding Encode(string text, IReadOnlyList<TextRange> plain, bool addSpecialTokens)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(plain);
        return Process([Tokens(text, plain, 0)], null, addSpecialTokens).Build([text], TokenOf);
    }

    /// <summary>
    /// Encodes a text that goes on with another, already encoded: no space is put before it that it does not have, and nothing around it.
    /// </summary>
    /// <param name="text">Any text.</param>
    /// <param name="plain">The user's parts, in UTF-16 units.</param>
    internal Encoding EncodeContinuation(string text, IReadOnlyList<TextRange> plain) => continuing.Value.Encode(text, plain, addSpecialTokens: false);

    /// <summary>
    /// The tokens of a text to go on from, in which what is spelled as a special token is one. Where the text itself begins with the token
    /// that the tokenizer puts before texts, it is there once.
    /// </summary>
    /// <param name="text">Any text.</param>
    internal int[] EncodeParsed(string text)
    {
        int[] ids = Encode(text, [], addSpecialTokens: true).Ids;
        bool isDoubled = ids.Length > 1 && ids[0] == ids[1] && IsSpecial(ids[0]) && Encode(text, [], addSpecialTokens: false).Ids is [var own, ..] rest
            && own == ids[0] && (rest.Length == 1 || rest[1] != own);
        return isDoubled ? ids[1..] : ids;
    }

    /// <summary>Encodes a pair of texts.</summary>
    /// <param name="text">The first.</param>
    /// <param name="pair">The second.</param>
    /// <param name="addSpecialTokens">Adds what the tokenizer puts around the texts.</param>
    public Encoding Encode(string text, string pair, bool addSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(pair);
        return Process([Tokens(text, [], 0), Tokens(pair, [], 1)], null, addSpecialTokens).Build([text, pair], TokenOf);
    }

    /// <summary>Encodes texts, truncated and padded together, over all cores where they are many.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="options">How; null: as <see cref="Encode(string, bool)"/> does.</param>
    /// <returns>
    /// One encoding a text; what truncation cuts off is in its <see cref="Encoding.Overflowing"/>. Neighbours share memory, which is freed
    /// when none of them is used any more.
    /// </returns>
    /// <exception cref="AttuneException">The options cannot be met.</exception>
    public IReadOnlyList<Encoding> EncodeBatch(IReadOnlyList<string> texts, EncodingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return Batch(texts.Select(text => new[] { text }).ToList(), options ?? new EncodingOptions());
    }

    /// <summary>Encodes pairs of texts, truncated and padded together, over all cores where they are many.</summary>
    /// <param name="pairs">The pairs.</param>
    /// <param name="options">How; null: as <see cref="Encode(string, string, bool)"/> does.</param>
    /// <returns>One encoding a pair; what truncation cuts off is in its <see cref="Encoding.Overflowing"/>.</returns>
    /// <exception cref="AttuneException">The options cannot be met.</exception>
    public IReadOnlyList<Encoding> EncodeBatch(IReadOnlyList<(string Text, string Pair)> pairs, EncodingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        return Batch(pairs.Select(pair => new[] { pair.Text, pair.Pair }).ToList(), options ?? new EncodingOptions());
    }

    /// <summary>Turns tokens back into text.</summary>
    /// <param name="ids">The ids; those that are no token's are left out.</param>
    /// <param name="skipSpecialTokens">Leaves special tokens out.</param>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = true)
    {
        var tokens = new List<string>(ids.Length);
        foreach (int id in ids)
        {
            if ((added.Decoded(id) ?? parts.Model.Vocabulary.TokenOf(id)) is { } token && !(skipSpecialTokens && added.Find(token) is { Special: true }))
            {
                tokens.Add(token);
            }
        }

        return Join(tokens);
    }

    /// <summary>Begins to decode tokens one at a time.</summary>
    /// <param name="skipSpecialTokens">Leaves special tokens out.</param>
    public StreamDecoder CreateStreamDecoder(bool skipSpecialTokens = true) => new(this, skipSpecialTokens);

    /// <summary>The token's id, or null where there is no such token.</summary>
    /// <param name="token">The token, as the vocabulary spells it.</param>
    public int? IdOf(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        int id = added.Find(token)?.Id ?? parts.Model.Vocabulary.IdOf(token);
        return id < 0 ? null : id;
    }

    /// <summary>The token of an id, as the vocabulary spells it; null where there is none.</summary>
    /// <param name="id">The id.</param>
    public string? TokenOf(int id) => added.Find(id)?.Content ?? parts.Model.Vocabulary.TokenOf(id);

    /// <summary>Whether the token is found in the text as it is written, so that what is before it and what is behind are encoded apart.</summary>
    internal bool Separates(int id) => added.Find(id) is { Special: true, Normalized: false, LStrip: false, RStrip: false, SingleWord: false };

    /// <summary>Whether the token steers the model, rather than standing for text.</summary>
    /// <param name="id">The id.</param>
    public bool IsSpecial(int id) => added.Find(id) is { Special: true };

    /// <summary>Writes a tokenizer.json.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <exception cref="AttuneException">tokenizer.json cannot describe it: SentencePiece's own pipeline.</exception>
    public void Save(string path) => Attune.Formats.AtomicFile.WriteAllBytes(path, ToJson());

    /// <summary>Writes a tokenizer.json (of SentencePiece's own pipeline tokenizer.model), and a tokenizer_config.json that names the special tokens, as transformers reads them.</summary>
    /// <param name="folder">The folder; it is made where it does not exist. Files of these names are replaced.</param>
    /// <param name="chatTemplate">The chat template, which tokenizer_config.json then holds; null for none.</param>
    public void SaveFolder(string folder, string? chatTemplate = null)
    {
        Directory.CreateDirectory(folder);
        SaveFile(folder);
        TokenizerConfig.Write(Path.Combine(folder, "tokenizer_config.json"), parts.SentencePiece is null ? "PreTrainedTokenizerFast" : null, Special, chatTemplate);
    }

    /// <summary>Whether it is the sentencepiece library's own pipeline, which tokenizer.json cannot describe.</summary>
    internal bool IsSentencePiece => parts.SentencePiece is not null;

    /// <summary>The special tokens that the tokenizer's files name, under their keys in tokenizer_config.json.</summary>
    internal IEnumerable<(string Key, string Token)> NamedTokens =>
        from named in new[]
        {
            ("bos_token", Special.Bos), ("eos_token", Special.Eos), ("pad_token", Special.Pad), ("unk_token", Special.Unknown), ("cls_token", Special.Cls), ("sep_token", Special.Sep),
        }
        where named.Item2 is not null
        select (named.Item1, named.Item2!);

    /// <summary>Writes tokenizer.json into a folder; of SentencePiece's own pipeline tokenizer.model.</summary>
    internal void SaveFile(string folder)
    {
        if (parts.SentencePiece is { } model)
        {
            Attune.Formats.AtomicFile.WriteAllBytes(Path.Combine(folder, "tokenizer.model"), model);
            return;
        }

        Save(Path.Combine(folder, "tokenizer.json"));
    }

    /// <summary>Tokens, as the vocabulary spells them, as the text that they stand for (transformers' <c>convert_tokens_to_string</c>).</summary>
    internal string Join(IReadOnlyList<string> tokens) =>
        parts.Decoder is null ? string.Join(' ', tokens) : string.Concat(parts.Decoder.Decode([.. tokens]));

    /// <summary>The bytes of a tokenizer.json.</summary>
    internal byte[] ToJson()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, WriterOptions))
        {
            TokenizerJson.Write(json, parts);
        }

        return stream.ToArray();
    }

    private Tokenizer Continuing(string file) => parts.Normalizer is null && parts.PreTokenizer is null ? this
        : new Tokenizer(parts with { Normalizer = parts.Normalizer?.Continuing(), PreTokenizer = parts.PreTokenizer?.Continuing() }, Special, file);

    private int? Id(string? token) => token is null ? null : IdOf(token);

    private EncodingBuilder Tokens(string text, IReadOnlyList<TextRange> plain, int sequence)
    {
        plain = parts.FindsSpecialTokens ? plain : [new TextRange(0, text.Length)];
        PreTokenizedText pieces = added.Extract(text, plain);
        parts.PreTokenizer?.PreTokenize(pieces);
        var encoding = EncodingBuilder.Rent(text);
        var tokens = new List<ModelToken>();
        using IModelSession session = parts.Model.Begin();
        int word = 0;
        foreach (Piece piece in pieces.Pieces)
        {
            if (piece.TokenId >= 0)
            {
                string spelling = piece.Text.ToString();
                encoding.Add(piece.TokenId, spelling, TokenOf(piece.TokenId) == spelling, piece.Original, word++, sequence);
                continue;
            }

            tokens.Clear();
            session.Tokenize(piece.Text, plain.Count > 0, tokens);
            foreach (ModelToken token in tokens)
            {
                TextRange offsets = piece.Source.Original(piece.Start + token.Start, piece.Start + token.End);
                string spelled = token.IsText ? piece.Text[token.Start..token.End].ToString() : parts.Model.Vocabulary.TokenOf(token.Id)!;
                encoding.Add(token.Id, spelled, !token.IsText, offsets, word, sequence);
            }

            word++;
        }

        pieces.Return();
        return encoding;
    }

    private EncodingBuilder Process(List<EncodingBuilder> texts, Truncation? truncation, bool addSpecialTokens)
    {
        if (truncation is not null)
        {
            // Where not even the added tokens find room, the tokenizers library does not truncate at all.
            int reserved = addSpecialTokens ? parts.PostProcessor?.AddedCount(texts.Count == 2) ?? 0 : 0;
            if (reserved <= truncation.MaxLength)
            {
                truncation.Apply(texts, truncation.MaxLength - reserved);
            }
        }

        return EncodingBuilder.Concatenate(parts.PostProcessor?.Process(texts, addSpecialTokens) ?? texts);
    }

    private Encoding[] Batch(List<string[]> rows, EncodingOptions options)
    {
        if (options is { Truncation: { } truncation, Padding.MultipleOf: > 0 and { } multiple } && truncation.MaxLength % multiple != 0)
        {
            throw new AttuneException(
                ExitCode.Usage, null, $"the maximum length {truncation.MaxLength} must be a multiple of {multiple}, to which rows are padded");
        }

        var built = new Encoding[rows.Count];
        EncodingBuilder Encode(int row) => Process(
            rows[row].Select((text, sequence) => Tokens(text, options.IsPlain ? [new TextRange(0, text.Length)] : [], sequence)).ToList(), options.Truncation, options.AddSpecialTokens);
        if (options.Padding is null)
        {
            EachRow(rows, (row, block) => built[row] = Encode(row).Build(rows[row], TokenOf, block));
            return built;
        }

        // How far rows are padded is known once all are there.
        var encodings = new EncodingBuilder[rows.Count];
        EachRow(rows, (row, _) => encodings[row] = Encode(row));
        options.Padding.Apply(encodings);
        EachRow(rows, (row, block) => built[row] = encodings[row].Build(rows[row], TokenOf, block));
        return built;
    }

    // Over all cores, where there is enough to do for them: a portion of neighbours at a time, which share a block.
    private static void EachRow(List<string[]> rows, Action<int, TokenBlock> encode)
    {
        List<Range> portions = Portions(rows);
        void Portion(int portion)
        {
            var block = TokenBlock.Begin();
            for (int row = portions[portion].Start.Value; row < portions[portion].End.Value; row++)
            {
                encode(row, block);
            }

            block.End();
        }

        if (portions.Count == 1)
        {
            Portion(0);
            return;
        }

        try
        {
            Parallel.For(0, portions.Count, Portion);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    private static List<Range> Portions(List<string[]> rows)
    {
        long units = rows.Sum(row => row.Sum(text => (long)text.Length));
        long wanted = Math.Clamp(units / (8 * Environment.ProcessorCount), SmallestPortion, LargestPortion);
        var portions = new List<Range>();
        long inPortion = 0;
        int start = 0;
        for (int row = 0; row < rows.Count; row++)
        {
            inPortion += rows[row].Sum(text => (long)text.Length);
            if (inPortion >= wanted || row == rows.Count - 1)
            {
                portions.Add(start..(row + 1));
                (start, inPortion) = (row + 1, 0);
            }
        }

        return portions;
    }
}
