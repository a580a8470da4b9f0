namespace Attune.Text;

/// <summary>A row to train on.</summary>
/// <param name="Ids">The tokens' ids.</param>
/// <param name="Trained">For each token whether the model learns to write it; as long as <paramref name="Ids"/>.</param>
public sealed record TokenRow(int[] Ids, bool[] Trained)
{
    /// <summary>What a classifier is to say of the row; null: it is a row to be written.</summary>
    public string? Label { get; init; }

    /// <summary>Which of the row's texts each token is of, as long as <see cref="Ids"/>; null: all are of the first.</summary>
    public int[]? TypeIds { get; init; }

    /// <summary>What the row's loss is of: the trained tokens but the first, which nothing predicts; of a labelled row its label.</summary>
    public int Predictions => Label is null ? Trained.AsSpan(Math.Min(1, Trained.Length)).Count(true) : 1;
}
