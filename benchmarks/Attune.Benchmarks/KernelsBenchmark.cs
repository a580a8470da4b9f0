using System.Diagnostics;
using Attune.Formats;
using Attune.Native;
using Attune.Nn;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Benchmarks;

/// <summary>Products with quantised blocks beside libtorch's with the same numbers in float32: a feed-forward matrix of SmolLM2-135M and its output layer.</summary>
internal static class KernelsBenchmark
{
    private static readonly (long Outputs, long Inputs)[] Shapes = [(1536, 576), (576, 1536), (49152, 576)];

    public static int Run(Figures figures)
    {
        Libtorch.Load();
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        foreach (string type in new[] { "Q4_0", "Q4_1", "Q8_0" })
        {
            foreach (var (outputs, inputs) in Shapes)
            {
                var format = GgufType.Named(type);
                float[] values = new float[outputs * inputs];
                var random = new Random(0);
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = (random.NextSingle() - 0.5f) * 0.1f;
                }

                byte[] bytes = new byte[values.Length / format.BlockElements * format.BlockBytes];
                format.Quantize!(values, bytes);
                using var weight = new QuantizedWeight(tensor(bytes, device: CPU).view(outputs, -1), format, float32);
                using var plain = weight.ToTensor();
                foreach (int rows in new[] { 1, 4, 8, 16, 64 })
                {
                    var x = randn([rows, inputs], device: CPU);
                    double ours = Best(() => weight.Linear(x, null).Dispose()), theirs = Best(() => nn.functional.linear(x, plain).Dispose());
                    double billions = outputs * inputs * rows / 1e9, load = Figures.Load;
                    figures.Say($"{type} [{outputs}, {inputs}], {rows} rows: {ours * 1e6:F0} us, {billions / ours:F1} billion products a second; float32 in libtorch {theirs * 1e6:F0} us: ratio {theirs / ours:F2}; load {load:F1}",
                        new { benchmark = "kernels", kernel = nameof(QuantizedProductKernel), type, outputs, inputs, rows, seconds = ours, reference_seconds = theirs, ratio = theirs / ours, load });
                }
            }
        }

        return 0;
    }

    private static double Best(Action action)
    {
        const double Seconds = 0.4;
        double best = double.MaxValue;
        for (long begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun).TotalSeconds < Seconds;)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }
}
