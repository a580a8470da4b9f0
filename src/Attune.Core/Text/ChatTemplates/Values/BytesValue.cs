using System.Globalization;

namespace Attune.Text.ChatTemplates;

/// <summary>Bytes, which <c>encode</c> gives. What is made text of again comes from where the encoded text came.</summary>
/// <param name="bytes">The bytes.</param>
/// <param name="origin">Where the text came from.</param>
internal sealed class BytesValue(byte[] bytes, Origin origin) : Value
{
    public override string TypeName => "bytes";

    public byte[] Bytes => bytes;

    public override bool IsTrue => bytes.Length > 0;

    public override int? Length => bytes.Length;

    public override bool IsSequence => true;

    public override IEnumerable<Value> Elements(Run run) => bytes.Select(b => Of(b));

    public override Value? Item(Run run, Value key) => SliceBounds.Position(key, bytes.Length) is int position ? Of(bytes[position]) : null;

    public override Value Part(Run run, SliceBounds bounds)
    {
        (int start, int count, int step) = bounds.Resolve(run, bytes.Length);
        run.Budget.Elements(count);
        return new BytesValue([.. Enumerable.Range(0, count).Select(i => bytes[start + (i * step)])], origin);
    }

    public override Value? Attribute(Run run, string name) => name switch
    {
        "decode" => FunctionValue.Of(name, (run, bound) => new TextValue(new TracedString(
            Codecs.Decode(run, bytes, bound.TextOrNull(0)?.String ?? "utf-8", bound.TextOrNull(1)?.String ?? "strict"), origin)), ["encoding", "errors"], 0),
        "hex" => FunctionValue.Of(name, (_, _) => new TextValue(new TracedString(Convert.ToHexStringLower(bytes), origin)), []),
        "startswith" => FunctionValue.Of(name, (run, bound) => Of(bytes.AsSpan().StartsWith(Other(run, bound[0]!).Bytes)), [""]),
        "endswith" => FunctionValue.Of(name, (run, bound) => Of(bytes.AsSpan().EndsWith(Other(run, bound[0]!).Bytes)), [""]),
        _ => null,
    };

    /// <summary>Whether these bytes have that byte, or those bytes in a row, inside.</summary>
    public bool Has(Run run, Value value)
    {
        run.Budget.Step(bytes.Length / 64);
        return NumberValues.Integer(value) is { } number
            ? number >= 0 && number <= byte.MaxValue ? bytes.Contains((byte)number) : throw run.Fail("byte must be in range(0, 256)")
            : bytes.AsSpan().IndexOf(Other(run, value).Bytes) >= 0;
    }

    /// <summary>These bytes and others behind them.</summary>
    public BytesValue With(Run run, BytesValue more)
    {
        run.Budget.Elements(bytes.Length + more.Bytes.Length);
        return new BytesValue([.. bytes, .. more.Bytes], origin | more.From);
    }

    public override bool EqualTo(Run run, Value other)
    {
        run.Budget.Step(bytes.Length / 64);
        return other is BytesValue more && bytes.AsSpan().SequenceEqual(more.Bytes);
    }

    public override int Hash(Run run)
    {
        var hash = new HashCode();
        hash.AddBytes(bytes);
        return hash.ToHashCode();
    }

    public override void WriteRepr(Run run, TracedBuilder to)
    {
        char quote = bytes.Contains((byte)'\'') && !bytes.Contains((byte)'"') ? '"' : '\'';
        to.Append(['b', quote]);
        foreach (byte b in bytes)
        {
            to.Append(Written(b, quote), origin);
        }

        to.Append([quote]);
    }

    private Origin From => origin;

    private static string Written(byte b, char quote) => (char)b switch
    {
        '\\' => "\\\\",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        _ when b == quote => "\\" + quote,
        >= ' ' and < '\x7F' => ((char)b).ToString(),
        _ => "\\x" + b.ToString("x2", CultureInfo.InvariantCulture),
    };

    private static BytesValue Other(Run run, Value value) => value as BytesValue ?? throw run.FailOn(value, $"bytes are needed, not '{value.TypeName}'");
}
