using System.Text.Json;
using System.Text.Unicode;
using Attune.Text.Models;
using FormatException = Attune.Formats.FormatException;

namespace Attune.Text;

/// <summary>Finds and reads the files of a tokenizer.</summary>
internal static class TokenizerFiles
{
    public static Tokenizer FromTokenizerJson(string file)
    {
        TokenizerParts parts = TokenizerJson.Read(Bytes(file), file);
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

        throw new AttuneException(
            ExitCode.MissingInput, folder, "there is no tokenizer", "a tokenizer.json is expected, or a vocab.json with a merges.txt");
    }

    /// <summary>Makes the pipeline that belongs to a vocabulary, its merges, and the class that the configuration names.</summary>
    public static Tokenizer FromVocabularyAndMerges(string vocabularyFile, string mergesFile, TokenizerConfig config)
    {
        try
        {
            Vocabulary vocabulary = VocabularyJson.Read(Text(vocabularyFile), vocabularyFile, "the vocabulary");
            List<Merge> merges = BpeReader.MergesText(Text(mergesFile), vocabulary, mergesFile);
            return LegacyTokenizer.Make(vocabulary, merges, config, vocabularyFile);
        }
        catch (JsonException e)
        {
            throw new FormatException(vocabularyFile, -1, "the JSON is broken: " + e.Message.TrimEnd('.'), inner: e);
        }
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

    private static byte[] Text(string file)
    {
        byte[] bytes = Bytes(file);
        return Utf8.IsValid(bytes) ? bytes : throw new FormatException(file, -1, "the file is not UTF-8");
    }
}
