using System.Diagnostics;

namespace Attune.Verification;

/// <summary>An input that a reader neither read rightly nor refused as it should.</summary>
/// <param name="Target">What was tortured.</param>
/// <param name="Number">The number that makes the input again.</param>
/// <param name="Input">The input.</param>
/// <param name="What">What happened.</param>
internal sealed record TortureFault(string Target, int Number, byte[] Input, string What)
{
    public override string ToString() => $"{Target} input {Number} ({Input.Length} bytes): {What}";
}

/// <summary>What came of torturing a reader.</summary>
/// <param name="Read">Inputs that were read.</param>
/// <param name="Refused">Inputs that were refused as they should be.</param>
/// <param name="Faults">Everything else.</param>
/// <param name="Slowest">The longest time that an input took, or the processor's time where that is less; where there is a limit, the best of three tries of one that exceeded it.</param>
internal sealed record TortureReport(int Read, int Refused, IReadOnlyList<TortureFault> Faults, TimeSpan Slowest);

/// <summary>
/// Feeds damaged inputs to a reader. Each must be read rightly or refused by Attune's own exception with a place, and may allocate no
/// more than twice its size and 16 MiB.
/// </summary>
internal static class Torturer
{
    private const int MostFaults = 20;
    private const int Tries = 3;

    /// <summary>Runs inputs number <paramref name="first"/> and on.</summary>
    /// <param name="target">The reader.</param>
    /// <param name="count">How many inputs.</param>
    /// <param name="first">The first one's number: it alone decides the input.</param>
    /// <param name="limit">The longest time that an input may take at the best of three tries; null: any.</param>
    public static TortureReport Run(ITortureTarget target, int count, int first = 0, TimeSpan? limit = null)
    {
        int read = 0, refused = 0;
        var slowest = TimeSpan.Zero;
        var faults = new List<TortureFault>();
        for (int number = first; number < first + count && faults.Count < MostFaults; number++)
        {
            byte[] input = target.Make(new Random(number));
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            var (wasRead, fault, took) = Try(target, input);
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            (read, refused) = wasRead ? (read + 1, refused) : (read, refused + 1);
            if (fault is null && allocated > (2L * input.Length) + (16 << 20))
            {
                fault = $"allocated {allocated} bytes for an input of {input.Length}";
            }

            // The first time may have met a compiler, a collector or another process.
            for (int again = 1; again < Tries && took > limit; again++)
            {
                took = TimeSpan.FromTicks(Math.Min(took.Ticks, Try(target, input).Took.Ticks));
            }

            if (fault is null && took > limit)
            {
                fault = $"took {took.TotalMilliseconds:F1} ms at the best of {Tries} tries, more than {limit.Value.TotalMilliseconds:F0}";
            }

            slowest = took > slowest ? took : slowest;
            if (fault is not null)
            {
                faults.Add(new TortureFault(target.Name, number, input, fault));
            }
        }

        return new TortureReport(read, refused, faults, slowest);
    }

    private static (bool Read, string? Fault, TimeSpan Took) Try(ITortureTarget target, byte[] input)
    {
        long started = Stopwatch.GetTimestamp();
        var used = Used();

        // Where the processors are shared, waiting for one is no fault of the reader's.
        TimeSpan Took() => TimeSpan.FromTicks(Math.Min(Stopwatch.GetElapsedTime(started).Ticks, (Used() - used).Ticks));
        try
        {
            target.Read(input);
            return (true, null, Took());
        }
        catch (AttuneException exception)
        {
            return (false, string.IsNullOrEmpty(exception.Place) ? $"names no place: {exception.Message}" : null, Took());
        }
#pragma warning disable CA1031 // Any other exception is what this is there to find.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return (false, $"{exception.GetType().Name}: {exception.Message} {exception.StackTrace?.Split('\n')[0].Trim()}", Took());
        }
    }
    private static TimeSpan Used() => Environment.CpuUsage.TotalTime;
}
