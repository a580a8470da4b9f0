using System.Text.Json.Serialization;

namespace Attune.Evaluation;

/// <summary>The loss of every row of a text: enough to compare with another model on the same rows at any time.</summary>
public sealed record RowLosses
{
    /// <summary>Each row's negative log-probabilities together, in nats.</summary>
    public required IReadOnlyList<double> Sums { get; init; }

    /// <summary>How many tokens each row's is of.</summary>
    public required IReadOnlyList<long> Counts { get; init; }

    /// <summary>All tokens that were predicted.</summary>
    public long Tokens => Counts.Sum();

    /// <summary>The mean loss by token, in nats; NaN where there is none.</summary>
    public double Loss => Sums.Sum() / Tokens;

    /// <summary>exp of <see cref="Loss"/>.</summary>
    public double Perplexity => Math.Exp(Loss);

    /// <summary>The rows.</summary>
    [JsonIgnore]
    public IReadOnlyList<TokenLoss> Rows => [.. Sums.Zip(Counts, (sum, count) => new TokenLoss(sum, count))];

    /// <summary>The same with rows that belong together added up, as the rows of one conversation do: what the interval's draws are made of must be independent.</summary>
    /// <typeparam name="T">What tells groups apart.</typeparam>
    /// <param name="groups">What each row belongs to, in their order.</param>
    public RowLosses ByGroup<T>(IReadOnlyList<T> groups)
        where T : notnull => Of([.. Rows.Zip(groups).GroupBy(pair => pair.Second, (_, pairs) => pairs.Aggregate(default(TokenLoss), (sum, pair) => sum + pair.First))]);

    /// <summary>The losses of rows that were measured.</summary>
    /// <param name="rows">The rows.</param>
    public static RowLosses Of(IReadOnlyList<TokenLoss> rows) => new() { Sums = [.. rows.Select(row => row.Sum)], Counts = [.. rows.Select(row => row.Count)] };
}
