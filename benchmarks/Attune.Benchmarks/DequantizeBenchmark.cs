using System.Diagnostics;
using System.Runtime.InteropServices;
using Attune.Formats;

namespace Attune.Benchmarks;

/// <summary>GGUF's Q4_1 to float32 on one core, in output bytes a second, beside a plain copy of as many bytes; both are larger than the caches.</summary>
internal static class DequantizeBenchmark
{
    private const int Repeats = 9;
    private const int Rows = 16_384;
    private const int Columns = 4_096;
    private const long Bytes = (long)Rows * Columns * sizeof(float);

    public static unsafe int Run(Figures figures)
    {
        string file = Path.Combine(Path.GetTempPath(), $"attune-benchmark-{Environment.ProcessId}.gguf");
        byte* source = (byte*)NativeMemory.AllocZeroed((nuint)Bytes);
        byte* target = (byte*)NativeMemory.AllocZeroed((nuint)Bytes);
        try
        {
            new Span<byte>(source, (int)Bytes).Fill(1);
            GgufType type = GgufType.Named("Q4_1");
            GgufWriter.Write(file, [KeyValuePair.Create("general.architecture", (object)"llama")], [new GgufTensorToWrite("weight", type, [Rows, Columns], stream => WriteBlocks(stream, type))]);
            using Gguf gguf = Gguf.Open(file);
            (double copy, double dequantize) = (double.MaxValue, double.MaxValue);
            for (int i = 0; i < Repeats; i++)
            {
                long start = Stopwatch.GetTimestamp();
                Buffer.MemoryCopy(source, target, Bytes, Bytes);
                copy = Math.Min(copy, Stopwatch.GetElapsedTime(start).TotalSeconds);
                start = Stopwatch.GetTimestamp();
                gguf.Read("weight", 0, new Span<byte>(target, (int)Bytes));
                dequantize = Math.Min(dequantize, Stopwatch.GetElapsedTime(start).TotalSeconds);
            }

            double load = Figures.Load;
            figures.Say($"Q4_1 to float32: {Bytes / dequantize / 1e9:F2} GB/s of output on one core; Buffer.MemoryCopy {Bytes / copy / 1e9:F2} GB/s: ratio {copy / dequantize:F2}; load {load:F1}",
                new { benchmark = "dequantize", type = type.Name, bytes_per_second = Bytes / dequantize, copy_bytes_per_second = Bytes / copy, ratio = copy / dequantize, load });
            return 0;
        }
        finally
        {
            NativeMemory.Free(source);
            NativeMemory.Free(target);
            File.Delete(file);
        }
    }

    // A scale, a minimum, and codes that are all different.
    private static void WriteBlocks(Stream stream, GgufType type)
    {
        byte[] row = new byte[Columns / type.BlockElements * type.BlockBytes];
        for (int i = 0; i < row.Length; i++)
        {
            row[i] = (byte)(i * 167);
        }

        for (int block = 0; block < row.Length; block += type.BlockBytes)
        {
            MemoryMarshal.Write(row.AsSpan(block), (Half)0.01f);
            MemoryMarshal.Write(row.AsSpan(block + 2), (Half)(-0.08f));
        }

        for (int i = 0; i < Rows; i++)
        {
            stream.Write(row);
        }
    }
}
