using Attune.Nn;
using static TorchSharp.torch;

namespace Attune.Tuning;

/// <summary>Which adapters act: on all tokens, adding up, or on each row its own.</summary>
internal sealed class AdapterRouting
{
    private IReadOnlyList<string>? rows;
    private IReadOnlyList<int> lengths = [];

    /// <summary>The adapters that act on all tokens; null where rows have their own.</summary>
    public IReadOnlyList<string>? Active { get; private set; } = [];

    /// <summary>Lets some act on all tokens.</summary>
    public void Use(IReadOnlyList<string> names) => (Active, rows, lengths) = (names, null, []);

    /// <summary>Lets one act on each row, or none (null).</summary>
    public void UseByRow(IReadOnlyList<string?> names, IReadOnlyList<int> tokens) => (Active, rows, lengths) = (null, [.. names.Select(name => name ?? "")], tokens);

    /// <summary>Adds to each token what its row's adapter says.</summary>
    /// <param name="deltas">The layer's deltas by adapter.</param>
    /// <param name="input">[tokens, in], or token ids [tokens]; or one place a row.</param>
    /// <param name="output">[tokens, out].</param>
    public Tensor AddByRow(IReadOnlyDictionary<string, TrainedDelta> deltas, Tensor input, Tensor output)
    {
        bool oneEach = input.size(0) == rows!.Count;
        if (!oneEach && input.size(0) != lengths.Sum())
        {
            throw new InvalidOperationException($"The adapters were chosen for {rows.Count} rows of {lengths.Sum()} tokens, but {input.size(0)} came.");
        }

        foreach (var (name, delta) in deltas)
        {
            using var scope = NewDisposeScope();
            var stretches = Stretches(name, oneEach);
            if (stretches.Count == 1)
            {
                var (start, length) = stretches[0];
                delta.Add(input.narrow(0, start, length), output.narrow(0, start, length));
            }
            else if (stretches.Count > 1)
            {
                var places = tensor(stretches.SelectMany(stretch => Enumerable.Range(0, stretch.Length).Select(i => (long)(stretch.Start + i))).ToArray(), device: input.device);
                output.index_copy_(0, places, delta.Add(input.index_select(0, places), output.index_select(0, places)));
            }
        }

        return output;
    }

    private List<(int Start, int Length)> Stretches(string name, bool oneEach)
    {
        var stretches = new List<(int Start, int Length)>();
        int at = 0;
        for (int row = 0; row < rows!.Count; row++)
        {
            int length = oneEach ? 1 : lengths[row];
            if (rows[row] == name)
            {
                if (stretches.Count > 0 && stretches[^1].Start + stretches[^1].Length == at)
                {
                    stretches[^1] = (stretches[^1].Start, stretches[^1].Length + length);
                }
                else
                {
                    stretches.Add((at, length));
                }
            }

            at += length;
        }

        return stretches;
    }
}

/// <summary>The deltas of several adapters on one layer.</summary>
internal sealed class RoutedDelta(AdapterRouting routing) : IDelta
{
    /// <summary>The deltas by adapter.</summary>
    public Dictionary<string, TrainedDelta> ByAdapter { get; } = [];

    /// <inheritdoc/>
    public Tensor Add(Tensor input, Tensor output)
    {
        if (routing.Active is null)
        {
            return routing.AddByRow(ByAdapter, input, output);
        }

        foreach (string name in routing.Active)
        {
            output = ByAdapter.TryGetValue(name, out var delta) ? delta.Add(input, output) : output;
        }

        return output;
    }
}
