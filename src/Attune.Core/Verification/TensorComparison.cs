using System.Globalization;
using System.Numerics;
using Attune.Formats;

namespace Attune.Verification;

/// <summary>
/// Compares tensors with expected ones by the rule of the parity fixtures and remembers the worst element of all.
/// NaN agrees with NaN, an infinity with itself; the largest magnitude is taken over finite elements.
/// </summary>
internal sealed class TensorComparison(Tolerance tolerance)
{
    private readonly List<string> problems = [];
    private double worstExcess;
    private string? worst;

    /// <summary>How many tensors were compared.</summary>
    public int Compared { get; private set; }

    /// <summary>Ok where all agreed, else the worst element: tensor, place, both values, tolerance.</summary>
    public FixtureResult Result
    {
        get
        {
            var all = worst is null ? problems : [worst, .. problems];
            return all.Count == 0 ? FixtureResult.Ok : FixtureResult.Fail(string.Join("; ", all.Take(5)) + (all.Count > 5 ? $"; and {all.Count - 5} more" : ""));
        }
    }

    /// <summary>Notes something other than a value that is wrong: a missing tensor, another token.</summary>
    public void Problem(string problem) => problems.Add(problem);

    /// <summary>Compares a tensor's elements, row-major.</summary>
    /// <param name="name">The tensor's name, for the message.</param>
    /// <param name="shape">Its shape, for the place in the message.</param>
    /// <param name="actual">What was computed.</param>
    /// <param name="expected">What the reference has.</param>
    /// <param name="where">Which elements count; empty for all. The largest magnitude is that of the whole tensor all the same.</param>
    /// <param name="own">The tolerance of this tensor where it has its own.</param>
    public void Compare<T>(
        string name, IReadOnlyList<long> shape, ReadOnlySpan<T> actual, ReadOnlySpan<T> expected, ReadOnlySpan<bool> where = default, Tolerance? own = null)
        where T : unmanaged, INumber<T>
    {
        Compared++;
        if (actual.Length != expected.Length)
        {
            Problem($"{name} has {actual.Length} elements, expected {expected.Length}");
            return;
        }

        double largest = 0;
        foreach (T value in expected)
        {
            double magnitude = Math.Abs(double.CreateChecked(value));
            largest = double.IsFinite(magnitude) ? Math.Max(largest, magnitude) : largest;
        }

        double allowed = (own ?? tolerance).For(largest);
        for (int i = 0; i < actual.Length; i++)
        {
            if (where.IsEmpty || where[i])
            {
                Element(name, shape, i, double.CreateChecked(actual[i]), double.CreateChecked(expected[i]), allowed);
            }
        }
    }

    /// <summary>Compares with a float tensor of a file, of any type that widens to float32.</summary>
    public void Compare(string name, IReadOnlyList<long> shape, ReadOnlySpan<float> actual, ITensorSource expected, ReadOnlySpan<bool> where = default, Tolerance? own = null)
    {
        if (!expected.Tensors.TryGetValue(name, out var tensor))
        {
            Problem($"{name} is not in {Path.GetFileName(expected.Path)}");
        }
        else if (!tensor.Shape.SequenceEqual(shape))
        {
            Problem($"{name} has the shape [{string.Join(", ", shape)}], expected [{string.Join(", ", tensor.Shape)}]");
        }
        else
        {
            Compare(name, shape, actual, expected.ReadFloats(name), where, own);
        }
    }

    private void Element(string name, IReadOnlyList<long> shape, int index, double actual, double expected, double allowed)
    {
        double off = actual.Equals(expected) || actual == expected ? 0 : Math.Abs(actual - expected);
        if (off <= allowed)
        {
            return;
        }

        // Where nothing is allowed, the largest difference is the worst; what is not finite is worse than all.
        double excess = !double.IsFinite(off) ? double.PositiveInfinity : allowed == 0 ? 1e100 * off : off / allowed;
        if (worst is null || excess > worstExcess)
        {
            worstExcess = excess;
            worst = string.Create(CultureInfo.InvariantCulture,
                $"{name}[{string.Join(", ", Place(shape, index))}] is {actual:G9}, expected {expected:G9} (off by {off:G3}, allowed {allowed:G3})");
        }
    }

    private static long[] Place(IReadOnlyList<long> shape, long index)
    {
        var place = new long[shape.Count];
        for (int axis = shape.Count - 1; axis >= 0; axis--)
        {
            (index, place[axis]) = Math.DivRem(index, shape[axis]);
        }

        return place;
    }
}
