using System.Text.RegularExpressions;

namespace Attune.Tuning;

/// <summary>Python's regular expressions over module paths, as PEFT uses them: foreign ones cannot hang us.</summary>
internal static class ModulePattern
{
    private const int Longest = 4096;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    /// <summary>Compiles an expression that has to match a whole path.</summary>
    /// <param name="pattern">In Python's syntax.</param>
    /// <param name="place">Where it was written, for messages.</param>
    /// <exception cref="AttuneException">It is no expression.</exception>
    public static Func<string, bool> Compile(string pattern, string place)
    {
        if (pattern.Length > Longest)
        {
            throw new AttuneException(ExitCode.Usage, place, $"is a pattern of {pattern.Length} characters, more than the {Longest} allowed");
        }

        string whole = $@"\A(?:{pattern.Replace("(?P<", "(?<", StringComparison.Ordinal)})\z";
        Regex regex;
        try
        {
            regex = Linear(whole) ?? new Regex(whole, RegexOptions.CultureInvariant, Patience);
        }
        catch (ArgumentException exception)
        {
            throw new AttuneException(ExitCode.Usage, place, $"{Formats.Names.Quote(pattern)} is no regular expression: {exception.Message}", inner: exception);
        }

        return path =>
        {
            try
            {
                return regex.IsMatch(path);
            }
            catch (RegexMatchTimeoutException exception)
            {
                throw new AttuneException(ExitCode.Usage, place, $"{Formats.Names.Quote(pattern)} takes too long to match", "simplify it", exception);
            }
        };
    }

    // Without back-references and look-around the time is linear in the path.
    private static Regex? Linear(string whole)
    {
        try
        {
            return new Regex(whole, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, Patience);
        }
        catch (NotSupportedException)
        {
            return null;
        }
    }
}
