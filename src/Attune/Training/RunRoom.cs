using Attune.Evaluation;
using Attune.Models;

namespace Attune.Training;

/// <summary>Refuses a run that the machine has no room for, before it begins: better than at its thousandth step.</summary>
internal static class RunRoom
{
    /// <summary>Compares what a plan needs with what there is.</summary>
    /// <param name="numbers">The plan's.</param>
    /// <param name="output">The run folder; it may not be there yet.</param>
    /// <exception cref="AttuneException">The memory or the disk is too small.</exception>
    public static void Require(PlanNumbers numbers, string output)
    {
        if (numbers.MemoryBytes > WeightMemory.Available)
        {
            throw new AttuneException(ExitCode.MemoryTooSmall, null, $"the run needs about {Figures.Bytes(numbers.MemoryBytes)} of memory, {Figures.Bytes(WeightMemory.Available)} are there",
                "lower train.micro_batch_tokens or train.max_tokens (less activations, the same result), or take a smaller model");
        }

        if (FreeDisk(output) is { } free && numbers.DiskBytes > free)
        {
            throw new AttuneException(ExitCode.Disk, output, $"the run folder needs about {Figures.Bytes(numbers.DiskBytes)}, {Figures.Bytes(free)} are free", "lower train.keep, or choose another output folder");
        }
    }

    /// <summary>The bytes that are free where a run folder is or will be; null where the system does not say.</summary>
    public static long? FreeDisk(string output)
    {
        string? folder = Path.GetFullPath(output);
        while (folder is not null && !Directory.Exists(folder))
        {
            folder = Path.GetDirectoryName(folder);
        }

        try
        {
            return folder is null ? null : new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null; // Writing will tell.
        }
    }
}
