namespace Attune.Text;

/// <summary>A row to train on.</summary>
/// <param name="Ids">The tokens' ids.</param>
/// <param name="Trained">For each token whether the model learns to write it; as long as <paramref name="Ids"/>.</param>
public sealed record TokenRow(int[] Ids, bool[] Trained);
