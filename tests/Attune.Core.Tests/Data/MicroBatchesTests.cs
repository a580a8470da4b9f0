using CsCheck;

namespace Attune.Data;

public sealed class MicroBatchesTests
{
    private static readonly Gen<int[]> Lengths = Gen.Int[0, 600].Array[0, 60];

    [Fact]
    public void Packed_parts_hold_every_row_once_within_the_budget() =>
        Gen.Select(Lengths, Gen.Int[1, 2_000]).Sample((lengths, budget) =>
        {
            IReadOnlyList<int[]> parts = MicroBatches.Pack(lengths, budget);
            return parts.SelectMany(part => part).Order().SequenceEqual(Enumerable.Range(0, lengths.Length))
                && parts.All(part => part.Length == 1 || part.Sum(row => lengths[row]) <= budget)
                && parts.Zip(MicroBatches.Pack(lengths, budget)).All(pair => pair.First.SequenceEqual(pair.Second));
        }, iter: 200, threads: 1);

    [Fact]
    public void Buckets_hold_every_row_once_within_the_budget_padding_included() =>
        Gen.Select(Lengths, Gen.Int[1, 5_000]).Sample((lengths, budget) =>
        {
            IReadOnlyList<int[]> parts = MicroBatches.Bucket(lengths, budget);
            return parts.SelectMany(part => part).Order().SequenceEqual(Enumerable.Range(0, lengths.Length))
                && parts.All(part => part.Length == 1 || part.Length * part.Max(row => lengths[row]) <= budget);
        }, iter: 200, threads: 1);

    [Fact]
    public void Rows_are_packed_where_they_fit_first_the_longest_first() =>
        Assert.Equal([[1, 0], [3, 4, 2]], MicroBatches.Pack([3, 7, 1, 6, 3], 10));

    [Fact]
    public void Packing_is_within_an_eleventh_and_a_ninth_of_the_least_number_of_parts() =>
        Gen.Int[1, 100].Array[1, 200].Sample(lengths => MicroBatches.Pack(lengths, 100).Count <= 11 / 9.0 * OptimalAtMost(lengths) + 1, iter: 200, threads: 1);

    // First-fit decreasing needs at most 11/9 of the optimum and 6/9; the optimum needs at least the sum's share.
    private static double OptimalAtMost(int[] lengths) => Math.Max(Math.Ceiling(lengths.Sum() / 100.0), lengths.Count(length => length > 50));
}
