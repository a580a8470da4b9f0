using System.Text;
using Attune.Text;

namespace Attune.Evaluation;

/// <summary>A text that a run does not train on, to see what the model forgets: <c>builtin:general</c>, which comes with Attune, or a user's own.</summary>
internal static class GeneralText
{
    /// <summary>The name of the text that comes with Attune (models/general).</summary>
    public const string Builtin = "builtin:general";

    /// <summary>Tokens of a window.</summary>
    public const int Window = 256;

    /// <summary>A last window of fewer tokens than this is left out: there is hardly anything to predict from.</summary>
    public const int ShortestWindow = 9;

    /// <summary>Reads a text.</summary>
    /// <param name="source"><see cref="Builtin"/> or a file.</param>
    /// <exception cref="AttuneException">The file is absent, cannot be read, is not UTF-8, or is empty.</exception>
    public static string Read(string source)
    {
        if (source == Builtin)
        {
            using var resource = typeof(GeneralText).Assembly.GetManifestResourceStream("Attune.Evaluation.general.txt")
                ?? throw new InvalidOperationException("the general text is not in the assembly");
            using var reader = new StreamReader(resource);
            return reader.ReadToEnd();
        }

        if (!File.Exists(source))
        {
            throw new AttuneException(ExitCode.MissingInput, source, "there is no such text to measure forgetting on", $"evaluate.forgetting is {Builtin} or a text file");
        }

        try
        {
            string text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(source)).TrimStart('\uFEFF');
            return !string.IsNullOrWhiteSpace(text) ? text : throw new AttuneException(ExitCode.BadData, source, "the text to measure forgetting on is empty");
        }
        catch (DecoderFallbackException exception)
        {
            throw new AttuneException(ExitCode.BadData, source, $"the text to measure forgetting on is not UTF-8: {exception.Message.TrimEnd('.')}", "save it as UTF-8", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new AttuneException(ExitCode.MissingInput, source, "the text to measure forgetting on cannot be read: " + exception.Message.TrimEnd('.'), inner: exception);
        }
    }

    /// <summary>The windows of a text: <see cref="Window"/> tokens each, without overlap, each predicted from its second token on.</summary>
    /// <param name="source"><see cref="Builtin"/> or a file.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="maxPositions">How many tokens the model has places for.</param>
    /// <exception cref="AttuneException">As <see cref="Read"/>; or the text is too short.</exception>
    public static IReadOnlyList<TokenRow> Windows(string source, Tokenizer tokenizer, int maxPositions = int.MaxValue)
    {
        // What looks like a special token in a text is text.
        string text = Read(source);
        int[] ids = tokenizer.Encode(text, [new TextRange(0, text.Length)], addSpecialTokens: true).Ids;
        TokenRow[] windows = [.. ids.Chunk(Math.Min(Window, maxPositions)).Where(window => window.Length >= ShortestWindow)
            .Select(window => new TokenRow(window, [.. Enumerable.Range(0, window.Length).Select(place => place > 0)]))];
        return windows.Length > 0 ? windows
            : throw new AttuneException(ExitCode.BadData, source, $"the text to measure forgetting on has {ids.Length} tokens, at least {ShortestWindow} are needed");
    }
}
