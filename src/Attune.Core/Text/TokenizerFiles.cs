using System.Text.Json;
using Attune.Text.Models;
using FormatException = Attune.Formats.FormatException;

namespace Attune.Text;

/// <summary>Finds and reads the files of a tokenizer.</summary>
internal static class TokenizerFiles
{
    // SentencePiece's files, or tiktoken's, by the names that models' folders give them.
    private static readonly string[] ModelFiles =
        ["tokenizer.model", "spiece.model", "sentencepiece.bpe.model", "sentencepiece.model", "spm.model", "tiktoken.model"];

    public static Tokenizer FromTokenizerJson(string file)
    {
        TokenizerParts parts = TokenizerJson.Read(Text(file), file);
        return new Tokenizer(parts, TokenizerConfig.ReadBeside(file).Special, file);
    }

    public static Tokenizer FromFolder(string folder)
    {
        string tokenizer = Path.Combine(folder, "tokenizer.json");
        if (File.Exists(tokenizer))
        {
            return FromTokenizerJson(tokenizer);
        }

        string vocabulary = Path.Combine(folder, "vocab.json");
        string merges = Path.Combine(folder, "merges.txt");
        if (File.Exists(vocabulary) && File.Exists(merges))
        {
            return FromVocabularyAndMerges(vocabulary, merges, TokenizerConfig.ReadBeside(vocabulary));
        }

        string words = Path.Combine(folder, "vocab.txt");
        if (File.Exists(words))
        {
            return FromVocabularyText(words, TokenizerConfig.ReadBeside(words));
        }

        if (Array.Find(ModelFiles, name => File.Exists(Path.Combine(folder, name))) is { } model)
        {
            return FromModelFile(Path.Combine(folder, model), TokenizerConfig.ReadBeside(Path.Combine(folder, model)));
        }

        string config = Path.Combine(folder, "tokenizer_config.json");
        if (TokenizerConfig.ReadBeside(config) is { Class: "ByT5Tokenizer" } bytes)
        {
            return ByteTokenizer.Make(bytes, config);
        }

        throw new AttuneException(
            ExitCode.MissingInput,
            folder,
            "there is no tokenizer",
            "a tokenizer.json is expected, or a vocab.json with a merges.txt, a vocab.txt, or a tokenizer.model; others can be converted with transformers' save_pretrained");
    }

    /// <summary>Reads a file of SentencePiece or of tiktoken: both are called .model.</summary>
    public static Tokenizer FromModelFile(string file, TokenizerConfig config)
    {
        byte[] bytes = Bytes(file);
        ReadOnlySpan<byte> text = Formats.Utf8Text.WithoutMark(bytes, file);
        return Tiktoken.Looks(text)
            ? Tiktoken.Make(text, file, Tiktoken.DefaultPattern, [.. config.AddedTokens.Select(token => token with { Special = true })], config.Special)
            : LegacySentencePiece.Make(bytes, config, file);
    }

    /// <summary>Makes the pipeline that belongs to a vocabulary, its merges, and the class that the configuration names.</summary>
    public static Tokenizer FromVocabularyAndMerges(string vocabularyFile, string mergesFile, TokenizerConfig config)
    {
        try
        {
            Vocabulary vocabulary = VocabularyJson.Read(Text(vocabularyFile).Span, vocabularyFile, "the vocabulary");
            List<Merge> merges = BpeReader.MergesText(Text(mergesFile), vocabulary, mergesFile);
            return LegacyTokenizer.Make(vocabulary, merges, config, vocabularyFile);
        }
        catch (JsonException e)
        {
            throw new FormatException(vocabularyFile, -1, Formats.BoundedJson.Describe(e), "the file is damaged: fetch it again", e);
        }
    }

    /// <summary>Makes BERT's pipeline with a vocabulary of one token a line, whose number from 0 is its id; of equal lines the last one's.</summary>
    public static Tokenizer FromVocabularyText(string file, TokenizerConfig config)
    {
        List<ReadOnlyMemory<byte>> lines = TextLines.Of(Text(file));
        if (lines.Count > Vocabulary.IdLimit)
        {
            throw new FormatException(file, -1, $"has {lines.Count} lines, more than the {Vocabulary.IdLimit} allowed");
        }

        // From the end: of equal lines the last one is the token's id.
        var vocabulary = new Vocabulary(Math.Max(16, lines.Count));
        for (int id = lines.Count - 1; id >= 0; id--)
        {
            vocabulary.TryAdd(lines[id].Span, id);
        }

        return LegacyTokenizer.MakeWordPiece(vocabulary, config, file);
    }

    /// <summary>A file's bytes.</summary>
    public static byte[] Bytes(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new AttuneException(ExitCode.MissingInput, file, "the file does not exist", inner: e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AttuneException(ExitCode.MissingInput, file, "the file cannot be read", e.Message.TrimEnd('.'), e);
        }
    }

    /// <summary>The bytes of a text file, without a byte order mark before them.</summary>
    public static ReadOnlyMemory<byte> Text(string file) => Formats.Utf8Text.Checked(Bytes(file), file);
}
