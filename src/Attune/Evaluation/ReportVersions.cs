using System.Reflection;
using System.Runtime.InteropServices;

namespace Attune.Evaluation;

/// <summary>What made a report.</summary>
public sealed record ReportVersions
{
    /// <summary>Attune's version.</summary>
    public required string Attune { get; init; }

    /// <summary>libtorch's version.</summary>
    public required string Libtorch { get; init; }

    /// <summary>The .NET runtime.</summary>
    public required string Runtime { get; init; }

    /// <summary>The operating system.</summary>
    public required string System { get; init; }

    /// <summary>Those of this process.</summary>
    public static ReportVersions OfThisProcess()
    {
        var assembly = typeof(ReportVersions).Assembly;
        return new ReportVersions
        {
            Attune = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown",
            Libtorch = assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(data => data.Key == "LibtorchVersion")?.Value ?? "unknown",
            Runtime = RuntimeInformation.FrameworkDescription,
            System = $"{RuntimeInformation.OSDescription} ({RuntimeInformation.RuntimeIdentifier})",
        };
    }
}
