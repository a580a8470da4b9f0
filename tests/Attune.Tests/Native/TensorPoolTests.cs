using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Native;

/// <summary>Freed memory waits for the next tensor; elsewhere than on Linux there is no pool to test.</summary>
public sealed class TensorPoolTests
{
    private const long Numbers = 3 << 20;

    [Fact]
    public void A_freed_tensor_s_memory_is_the_next_one_s()
    {
        Assert.SkipUnless(TensorPool.IsInstalled, "no pool on this system");
        Settle();
        nint first = Address(Numbers), second = Address(Numbers - 1000);
        Assert.Equal(first, second);
        Assert.True(TensorPool.Waiting > 0);
        TensorPool.Trim();
        Assert.Equal(0, TensorPool.Waiting);
        using var after = ones([Numbers], dtype: float32);
        Assert.Equal(Numbers, after.sum(ScalarType.Float64).item<double>());
    }

    [Fact]
    public void What_no_step_needs_is_given_back()
    {
        Assert.SkipUnless(TensorPool.IsInstalled, "no pool on this system");
        Settle();
        Address(Numbers);
        TensorPool.Age(); // It was in use since the last call.
        Assert.Equal(1, TensorPool.Waiting);
        TensorPool.Age();
        Assert.Equal(0, TensorPool.Waiting);
    }

    [Fact]
    public void Tensors_of_many_threads_keep_their_numbers()
    {
        Parallel.For(0, 64, number =>
        {
            for (int round = 0; round < 8; round++)
            {
                using var own = full([20_000 + (number * 1_000)], number, dtype: int64);
                using var sum = own.sum();
                Assert.Equal(number * own.shape[0], sum.item<long>());
            }
        });
    }

    [Fact]
    public void Too_large_a_tensor_is_an_error_as_before()
    {
        var error = Assert.Throws<ExternalException>(() => empty([1L << 50], dtype: uint8));
        Assert.Contains("memory", error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Slots_of_functions()
    {
        string library = Path.Combine(Libtorch.State!.Folder, "libc10.so");
        Assert.SkipUnless(File.Exists(library), "no ELF library here");
        byte[] image = File.ReadAllBytes(library);
        Assert.NotNull(ElfSlots.Find(image, "posix_memalign"));
        Assert.Null(ElfSlots.Find(image, "posix_memalig"));
        Assert.Null(ElfSlots.Find([], "free"));
        var random = new Random(1);
        for (int round = 0; round < 200; round++)
        {
            // The headers and tables at both ends broken, or the file cut: nothing is found, or a place, but nothing else happens.
            byte[] broken = image[..random.Next(image.Length)];
            for (int i = 0; i < 64 && broken.Length > 0; i++)
            {
                broken[random.Next(2) == 0 ? random.Next(Math.Min(4096, broken.Length)) : broken.Length - 1 - random.Next(Math.Min(4096, broken.Length))] = (byte)random.Next(256);
            }

            ElfSlots.Find(broken, "free");
        }

        for (int round = 0; round < 200; round++)
        {
            byte[] broken = [.. image];
            for (int i = 0; i < 8; i++)
            {
                broken[broken.Length - 1 - random.Next(4096)] = (byte)random.Next(256);
            }

            ElfSlots.Find(broken, "free");
        }
    }

    // Tensors that earlier tests left to the collector would come in between.
    private static void Settle()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        TensorPool.Trim();
    }

    private static unsafe nint Address(long numbers)
    {
        using var tensor = zeros([numbers], dtype: float32);
        return (nint)TensorPointer.Of<float>(tensor);
    }
}
