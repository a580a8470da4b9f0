using System.Numerics;

namespace Attune.Text.ChatTemplates;

/// <summary>Python's <c>range</c>, of at most <see cref="Limits.RangeLength"/> numbers.</summary>
internal sealed class RangeValue : Value
{
    private readonly BigInteger start;
    private readonly BigInteger stop;
    private readonly BigInteger step;
    private readonly int count;

    public RangeValue(Run run, BigInteger start, BigInteger stop, BigInteger step)
    {
        (this.start, this.stop, this.step) = (start, stop, step);
        if (step.IsZero)
        {
            throw run.Fail("range() arg 3 must not be zero");
        }

        BigInteger distance = step > 0 ? stop - start : start - stop;
        BigInteger size = BigInteger.Abs(step);
        BigInteger numbers = distance <= 0 ? 0 : (distance + size - 1) / size;
        count = numbers <= Limits.RangeLength ? (int)numbers : throw run.Fail($"a range may have {Limits.RangeLength} elements (this has {numbers})");
    }

    public override string TypeName => "range";

    public override bool IsTrue => count > 0;

    public override int? Length => count;

    public override bool IsSequence => true;

    public override IEnumerable<Value> Elements(Run run)
    {
        for (int i = 0; i < count; i++)
        {
            yield return new IntValue(start + (i * step));
        }
    }

    public override Value? Attribute(Run run, string name) => name switch
    {
        "start" => new IntValue(start),
        "stop" => new IntValue(stop),
        "step" => new IntValue(step),
        _ => null,
    };

    public override Value? Item(Run run, Value key) => SliceBounds.Position(key, count) is int position ? new IntValue(start + (position * step)) : null;

    public override Value Part(Run run, SliceBounds bounds)
    {
        (int from, int length, int stride) = bounds.Resolve(run, count);
        return new RangeValue(run, start + (from * step), start + ((from + ((BigInteger)length * stride)) * step), step * stride);
    }

    public override bool EqualTo(Run run, Value other) => other is RangeValue range && range.count == count
        && (count == 0 || (range.start == start && (count == 1 || range.step == step)));

    public override int Hash(Run run) => HashCode.Combine(count, count > 0 ? start : 0, count > 1 ? step : 0);

    public override void WriteRepr(Run run, TracedBuilder to) => to.Append(step.IsOne ? $"range({start}, {stop})" : $"range({start}, {stop}, {step})");
}
