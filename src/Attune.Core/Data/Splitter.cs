using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Attune.Data;

/// <summary>Says which part a row belongs to, from the row alone.</summary>
internal sealed class Splitter
{
    private readonly SplitRule _options;
    private readonly Dictionary<string, Split> _values = [];

    public Splitter(SplitRule options)
    {
        _options = options;
        bool shares = options.Validation != 0 || options.Test != 0;
        if (!(options.Validation >= 0 && options.Test >= 0 && options.Validation + options.Test < 1))
        {
            throw new AttuneException(ExitCode.Usage, null, $"split: the shares must be at least 0 and together below 1 (validation {options.Validation}, test {options.Test})");
        }

        if (options.Column is not null && shares)
        {
            throw new AttuneException(ExitCode.Usage, null, "split: a column and shares exclude each other", "give one of them");
        }

        foreach (var (split, values) in new[] { (Split.Train, options.TrainValues), (Split.Validation, options.ValidationValues), (Split.Test, options.TestValues) })
        {
            foreach (string value in values)
            {
                if (!_values.TryAdd(value, split))
                {
                    throw new AttuneException(ExitCode.Usage, null, $"split: the value \"{value}\" is named twice");
                }
            }
        }
    }

    /// <summary>The part; null where the row's value names none.</summary>
    public Split? Of(Example example)
    {
        if (_options.Column is not null)
        {
            return _values.TryGetValue(example.SplitValue!, out Split split) ? split : null;
        }

        if (_options.Validation == 0 && _options.Test == 0)
        {
            return Split.Train;
        }

        double point = Point(example);
        return point < _options.Test ? Split.Test : point < _options.Test + _options.Validation ? Split.Validation : Split.Train;
    }

    // A number in [0, 1), as good as drawn by chance but always the same for the same content (or group) and seed.
    private double Point(Example example)
    {
        byte[] key = example.Group is { } group ? Encoding.UTF8.GetBytes("group\0" + group) : BytesOf(example.ContentHash());
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData([.. Encoding.UTF8.GetBytes($"split\0{_options.Seed}\0"), .. key], hash);
        return (BinaryPrimitives.ReadUInt64BigEndian(hash) >> 11) * (1.0 / (1UL << 53));
    }

    private static byte[] BytesOf(UInt128 value)
    {
        byte[] bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        return bytes;
    }
}
