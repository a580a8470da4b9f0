using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Attune.Formats;

namespace Attune.Benchmarks;

/// <summary>Opening a safetensors file and reading its last, small tensor, of a file of 20 MB and of a sparse one of 2 GB: neither time nor memory grows with the size.</summary>
internal static class MappingBenchmark
{
    private const int Repeats = 20;
    private const int Small = 1024;

    public static int Run(Figures figures)
    {
        // The first, which is not told, pays for what is compiled once.
        Measure(20_000_000);
        (double smallSeconds, long smallGrowth) = Measure(20_000_000);
        (double largeSeconds, long largeGrowth) = Measure(2_000_000_000);
        double load = Figures.Load;
        figures.Say($"safetensors, opened and a small tensor read: 20 MB in {smallSeconds * 1e6:F0} us (+{smallGrowth / 1024} KiB resident), 2 GB in {largeSeconds * 1e6:F0} us (+{largeGrowth / 1024} KiB): ratio of times {largeSeconds / smallSeconds:F2}; load {load:F1}",
            new { benchmark = "mapping", seconds_20_mb = smallSeconds, resident_20_mb = smallGrowth, seconds_2_gb = largeSeconds, resident_2_gb = largeGrowth, ratio = largeSeconds / smallSeconds, load });
        return 0;
    }

    private static (double Seconds, long Growth) Measure(long size)
    {
        string file = Path.Combine(Path.GetTempPath(), $"attune-benchmark-{Environment.ProcessId}.safetensors");
        try
        {
            Write(file, size);
            (double best, long most) = (double.MaxValue, 0);
            byte[] values = new byte[Small];
            for (int i = 0; i < Repeats; i++)
            {
                long before = Environment.WorkingSet;
                long start = Stopwatch.GetTimestamp();
                using Safetensors opened = Safetensors.Open(file);
                opened.Read("small", 0, values);
                best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
                most = Math.Max(most, Environment.WorkingSet - before);
            }

            return (best, most);
        }
        finally
        {
            File.Delete(file);
        }
    }

    // The system keeps no blocks for the zeros of a file that was only made longer.
    private static void Write(string file, long size)
    {
        string header = string.Create(CultureInfo.InvariantCulture,
            $$$"""{"large": {"dtype": "U8", "shape": [{{{size}}}], "data_offsets": [0, {{{size}}}]}, "small": {"dtype": "U8", "shape": [{{{Small}}}], "data_offsets": [{{{size}}}, {{{size + Small}}}]}}""");
        byte[] bytes = new byte[8 + Encoding.UTF8.GetByteCount(header)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, bytes.Length - 8);
        Encoding.UTF8.GetBytes(header, bytes.AsSpan(8));
        using FileStream stream = File.Create(file);
        stream.Write(bytes);
        stream.SetLength(bytes.Length + size + Small);
    }
}
