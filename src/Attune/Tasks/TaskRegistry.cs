using System.Reflection;
using Attune.Recipes;

namespace Attune.Tasks;

/// <summary>The tasks that this process knows: Attune's own and those of assemblies that were added.</summary>
public static class TaskRegistry
{
    private static readonly List<Assembly> Assemblies = [typeof(TaskRegistry).Assembly];
    private static Registry<ITask> known = Scan();

    /// <summary>The names that a recipe may use, sorted.</summary>
    public static IReadOnlyCollection<string> Names => known.Names;

    /// <summary>Adds the tasks of another assembly.</summary>
    /// <param name="assembly">Its classes with <see cref="TaskNameAttribute"/> and a constructor without parameters.</param>
    public static void Add(Assembly assembly)
    {
        Assemblies.Add(assembly);
        known = Scan();
    }

    /// <summary>Makes a task.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="AttuneException">There is none of that name; the nearest is suggested.</exception>
    public static ITask Create(string name) => known.Create(name);

    private static Registry<ITask> Scan() => Registry.Scan<ITask, TaskNameAttribute>("task", Assemblies);
}
