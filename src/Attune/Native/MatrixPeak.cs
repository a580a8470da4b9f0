using System.Diagnostics;
using static TorchSharp.torch;

namespace Attune.Native;

/// <summary>What this machine's matrix products reach: the yardstick that a training step is measured by.</summary>
internal static class MatrixPeak
{
    private static readonly (long M, long K, long N)[] Shapes = [(1024, 576, 1536), (1024, 1536, 576), (2048, 2048, 2048)];

    /// <summary>The best of a few shapes, in 10^9 operations a second.</summary>
    /// <param name="type">The precision.</param>
    /// <param name="device">Where.</param>
    /// <param name="milliseconds">About how long each shape is measured.</param>
    public static double Measure(ScalarType type, Device device, int milliseconds = 150)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        double best = 0;
        foreach (var (m, k, n) in Shapes)
        {
            double operations = 2e-9 * m * k * n;
            if (best > 0 && operations / best > 0.5)
            {
                break; // A precision that the processor has not: one shape says so, larger ones would take seconds.
            }

            var a = randn(m, k, device: device).to(type);
            var b = randn(k, n, device: device).to(type);
            a.mm(b).Dispose();
            var watch = Stopwatch.StartNew();
            int rounds = 0;
            do
            {
                a.mm(b).Dispose();
                rounds++;
            }
            while (watch.ElapsedMilliseconds < milliseconds);
            best = Math.Max(best, operations * rounds / watch.Elapsed.TotalSeconds);
        }

        return best;
    }
}
