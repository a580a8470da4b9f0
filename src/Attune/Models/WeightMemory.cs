using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Models;

/// <summary>Refuses a model whose weights alone are more than the machine (or the container) has, before the first of them is made.</summary>
internal static class WeightMemory
{
    /// <summary>What there is, in bytes: the machine's memory, or less where a container or a limit of the runtime says so.</summary>
    public static long Available => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>Compares what a model would take with what there is.</summary>
    /// <param name="model">Its shapes; it has no memory yet.</param>
    /// <param name="storage">The precision that weights are kept in.</param>
    /// <param name="place">Its file or folder, for the message.</param>
    /// <param name="quantized">Bytes of those parameters that stay quantised, by name; null: none.</param>
    /// <exception cref="AttuneException">They do not fit.</exception>
    public static void Require(TextModel model, ScalarType storage, string place, IReadOnlyDictionary<string, long>? quantized = null)
    {
        // Sizes come from a file: their product may be beyond 64 bits.
        double bytes = model.NamedParameters().Where(named => !named.Parameter.IsTied)
            .Sum(named => quantized?.TryGetValue(named.Name, out long kept) is true ? kept : named.Parameter.Shape.Aggregate(1.0, (product, size) => product * size) * storage.ElementSize());
        if (bytes > Available)
        {
            throw new AttuneException(ExitCode.MemoryTooSmall, place, $"the weights alone need {bytes / (1 << 20):F0} MiB of memory, {Available >> 20} MiB are there",
                "take a smaller model, or a machine with more memory");
        }
    }
}
