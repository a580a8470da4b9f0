namespace Attune.Data;

/// <summary>Settings of a training that suit a number of rows and their lengths, each with its reason.</summary>
internal sealed record SurveyAdvice
{
    // English text has about four characters a token; with less, an estimate errs towards longer rows.
    private const double CharactersPerToken = 3;
    private const int LongestRow = 1_024, ShortestRow = 32, MarksPerRow = 24;

    /// <summary>How often all rows are trained.</summary>
    public required int Epochs { get; init; }

    /// <summary>Rows of an update.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Why so many passes and rows.</summary>
    public required string WhyEpochs { get; init; }

    /// <summary>The share for validation; 0: none.</summary>
    public required double Validation { get; init; }

    /// <summary>The share for the test; 0: none.</summary>
    public required double Test { get; init; }

    /// <summary>Why these shares.</summary>
    public required string WhySplit { get; init; }

    /// <summary>Whether there are rows to choose by.</summary>
    public required bool HasValidation { get; init; }

    /// <summary>The most tokens of a row.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>Why so many.</summary>
    public required string WhyTokens { get; init; }

    /// <summary>Settings for what was found.</summary>
    /// <param name="survey">What was found.</param>
    /// <param name="tokens">The lengths of rows in tokens, counted with the model's tokenizer; null: they are estimated.</param>
    /// <param name="places">The most tokens that the model takes; null: it is not known.</param>
    public static SurveyAdvice Of(DataSurvey survey, IReadOnlyList<int>? tokens, int? places)
    {
        long all = survey.Rows[Split.Train];
        int distinct = survey.Distinct;
        bool ownValidation = survey.Rows[Split.Validation] > 0, ownTest = survey.Rows[Split.Test] > 0;
        var passes = Passes(all);
        double share = distinct < 200 ? 0.2 : 0.1;
        share = distinct < 50 ? 0 : share;
        double validation = ownValidation ? 0 : share, test = ownTest || distinct < 200 ? 0 : share;
        int most = Math.Min(LongestRow, places ?? LongestRow);
        int[] lengths = [.. (tokens ?? [.. survey.Characters.Select(count => (int)Math.Ceiling(count / CharactersPerToken) + MarksPerRow)]).Order()];
        int longest = lengths[^1], wanted = Math.Max(ShortestRow, (longest + 31) / 32 * 32);
        int cut = lengths.Count(length => length > most);
        string how = tokens is null ? "estimated by characters, for the tokenizer is not here" : "counted with the model's tokenizer";
        return new SurveyAdvice
        {
            Epochs = passes.Epochs,
            BatchSize = passes.BatchSize,
            WhyEpochs = (survey.IsWhole ? "" : "more than ") + Words.Count(all, "row") + passes.Why,
            Validation = validation,
            Test = test,
            WhySplit = SplitReason(ownValidation, ownTest, validation, test, distinct),
            HasValidation = ownValidation || validation > 0,
            MaxTokens = Math.Min(wanted, most),
            WhyTokens = $"the longest row has {(tokens is null ? "about " : "")}{Words.Count(longest, "token")} ({how})"
                + (cut > 0 ? $"; {cut * 100.0 / lengths.Length:0.#} % of the rows are cut" : ""),
        };
    }

    private static (int Epochs, int BatchSize, string Why) Passes(long rows) => rows switch
    {
        < 20 => (10, 2, ", very few: small batches and many passes"),
        < 50 => (8, 4, ", few: small batches and many passes"),
        < 200 => (5, 4, ", few: small batches and some more passes"),
        < 2_000 => (3, 8, ""),
        < 20_000 => (3, 16, ", enough for larger batches"),
        _ => (1, 32, ", so many that one pass is enough"),
    };

    private static string SplitReason(bool ownValidation, bool ownTest, double validation, double test, int distinct)
    {
        if (ownValidation && ownTest)
        {
            return "files are called after validation and test and are used so";
        }

        string own = ownValidation ? "files are called after validation and are used so; " : "";
        own = ownTest ? "files are called after test and are used so; " : own;
        string rows = Words.Count(distinct, "different row");
        if (validation == 0 && test == 0)
        {
            return own + $"{rows}: too few to hold {(own.Length > 0 ? "more" : "any")} back{(own.Length > 0 ? "" : ", so nothing says how well it does on others")}";
        }

        return own + (test == 0 && !ownTest ? $"{rows}: enough to choose by, too few for a test as well"
            : "the same rows each time, also when rows are added");
    }
}
