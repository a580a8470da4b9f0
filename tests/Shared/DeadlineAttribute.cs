using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using Xunit.v3;

[assembly: Attune.Deadline]

namespace Attune;

/// <summary>Every test has an end: one that runs for ten minutes ends the process, by name. A hang inside native code listens to nothing else.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class DeadlineAttribute : BeforeAfterTestAttribute
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);
    private static readonly ConcurrentDictionary<string, long> Running = new();
    private static readonly Timer Watch = new(_ => Look(), null, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5));

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        Running[test.TestDisplayName] = Stopwatch.GetTimestamp();
        GC.KeepAlive(Watch);
    }

    public override void After(MethodInfo methodUnderTest, IXunitTest test) => Running.TryRemove(test.TestDisplayName, out _);

    private static void Look()
    {
        foreach (var (name, since) in Running)
        {
            if (Stopwatch.GetElapsedTime(since) > Longest)
            {
                Console.Error.WriteLine($"{name} ran longer than {Longest.TotalMinutes} minutes: the process ends here");
                Console.Error.Flush();
                using var self = Process.GetCurrentProcess();
                self.Kill();
            }
        }
    }
}
