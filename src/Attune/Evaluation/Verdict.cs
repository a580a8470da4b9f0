using System.Text.Json.Serialization;

namespace Attune.Evaluation;

/// <summary>What a comparison of two models on the same rows allows to say.</summary>
public enum Verdict
{
    /// <summary>No interval was asked for, so that chance cannot be told from a difference.</summary>
    [JsonStringEnumMemberName("not_judged")]
    NotJudged,

    /// <summary>There are so few rows that resampling them says little about others.</summary>
    [JsonStringEnumMemberName("too_few_rows")]
    TooFewRows,

    /// <summary>The interval of the difference includes zero.</summary>
    [JsonStringEnumMemberName("no_clear_difference")]
    NoClearDifference,

    /// <summary>The loss is lower, and the whole interval with it.</summary>
    [JsonStringEnumMemberName("better")]
    Better,

    /// <summary>The loss is higher, and the whole interval with it.</summary>
    [JsonStringEnumMemberName("worse")]
    Worse,
}
