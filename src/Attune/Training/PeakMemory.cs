namespace Attune.Training;

/// <summary>The most resident memory that the process had: the system's own mark where it keeps one, else the largest that a step saw.</summary>
internal static class PeakMemory
{
    public static long Of(RunEvents events)
    {
        long seen = events.Steps.Select(step => step.ResidentBytes).DefaultIfEmpty().Max();
        const string Mark = "VmHWM:";
        string? line = OperatingSystem.IsLinux() ? File.ReadLines("/proc/self/status").FirstOrDefault(text => text.StartsWith(Mark, StringComparison.Ordinal)) : null;
        return line is null ? seen : Math.Max(seen, long.Parse(line[Mark.Length..].Replace("kB", "", StringComparison.Ordinal).Trim()) << 10);
    }
}
