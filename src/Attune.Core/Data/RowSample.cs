using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Attune.Data;

/// <summary>
/// A sample of at most so many rows out of a stream of any length. Which rows it has depends on what they say and on the seed, not on their order: a
/// sorted file is sampled as a shuffled one is. Rows with labels are drawn label by label, each in its share.
/// </summary>
/// <remarks>
/// A row's place in the draw is a hash of its content and the seed; of each label the lowest are held, never more than the sample has rows.
/// Copies of a row are told apart by their number, so that they are not drawn all or none.
/// </remarks>
/// <param name="most">How many rows, at least 1.</param>
/// <param name="seed">Another seed draws other rows.</param>
internal sealed class RowSample<T>(int most, long seed)
{
    // Rows whose copies are counted: the memory must not grow with the file without end.
    private const int Remembered = 2_000_000;

    private readonly Dictionary<string, Stratum> strata = new(StringComparer.Ordinal);
    private readonly Dictionary<UInt128, long> copies = [];
    private long offered;

    /// <summary>How many rows were offered and are not in the sample.</summary>
    public long LeftOut => strata.Values.Sum(stratum => stratum.Seen) - Quotas().Values.Sum();

    /// <summary>Offers a row.</summary>
    /// <param name="label">Its label; null: it has none.</param>
    /// <param name="content">A hash of what it says.</param>
    /// <param name="make">Makes what is held of it, where it may be drawn; false: it is not usable, and was not there.</param>
    public void Offer(string? label, UInt128 content, Func<(bool Usable, T Row)> make)
    {
        ulong key = Key(content);
        if (!strata.TryGetValue(label ?? "", out var stratum))
        {
            strata.Add(label ?? "", stratum = new Stratum());
        }

        long order = offered++;
        if (stratum.Held.Count == most && stratum.Held.Max.Key <= key)
        {
            stratum.Seen++;
            return;
        }

        var (usable, row) = make();
        if (!usable)
        {
            return;
        }

        stratum.Seen++;
        stratum.Held.Add(new Drawn(key, order, row));
        if (stratum.Held.Count > most)
        {
            stratum.Held.Remove(stratum.Held.Max);
        }
    }

    /// <summary>The sample, in the order in which the rows were offered.</summary>
    public IReadOnlyList<T> Take()
    {
        var quotas = Quotas();
        return [.. strata.SelectMany(pair => pair.Value.Held.Take(quotas[pair.Key])).OrderBy(drawn => drawn.Order).Select(drawn => drawn.Row)];
    }

    // The largest remainders get what rounding leaves; a label that is there gets a row as long as there are rows for all labels.
    private Dictionary<string, int> Quotas()
    {
        long all = strata.Values.Sum(stratum => stratum.Seen);
        if (all <= most)
        {
            return strata.ToDictionary(pair => pair.Key, pair => (int)pair.Value.Seen);
        }

        var quotas = strata.ToDictionary(pair => pair.Key, pair => (int)((Int128)pair.Value.Seen * most / all));
        var byRemainder = strata.OrderByDescending(pair => (Int128)pair.Value.Seen * most % all).ThenBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => pair.Key).ToList();
        foreach (string label in byRemainder.Take(most - quotas.Values.Sum()))
        {
            quotas[label]++;
        }

        var without = strata.Where(pair => pair.Value.Seen > 0 && quotas[pair.Key] == 0).Select(pair => pair.Key).Order(StringComparer.Ordinal).ToList();
        foreach (string label in without)
        {
            int top = quotas.Values.Max();
            if (top < 2)
            {
                break;
            }

            string richest = quotas.Where(pair => pair.Value == top).Select(pair => pair.Key).Min(StringComparer.Ordinal)!;
            (quotas[richest], quotas[label]) = (quotas[richest] - 1, 1);
        }

        return quotas;
    }

    private ulong Key(UInt128 content)
    {
        long copy = copies.GetValueOrDefault(content);
        if (copy > 0 || copies.Count < Remembered)
        {
            copies[content] = copy + 1;
        }

        Span<byte> data = stackalloc byte[32];
        BinaryPrimitives.WriteInt64BigEndian(data, seed);
        BinaryPrimitives.WriteUInt128BigEndian(data[8..], content);
        BinaryPrimitives.WriteInt64BigEndian(data[24..], copy);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(data, hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }

    private sealed class Stratum
    {
        public long Seen { get; set; }

        public SortedSet<Drawn> Held { get; } = [];
    }

    private readonly record struct Drawn(ulong Key, long Order, T Row) : IComparable<Drawn>
    {
        public int CompareTo(Drawn other) => (Key, Order).CompareTo((other.Key, other.Order));
    }
}
